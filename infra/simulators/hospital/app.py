"""The simulator: one store, and three doors to it for the platform, for scripts and for people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from infra.simulators.asgi import BadRequestError
from infra.simulators.hospital.access import Access
from infra.simulators.hospital.api import Api
from infra.simulators.hospital.desk import Desk
from infra.simulators.hospital.entries import Entries
from infra.simulators.hospital.faults import Faults
from infra.simulators.hospital.inbound import Inbound
from infra.simulators.hospital.office import Office
from infra.simulators.hospital.orders import Orders
from infra.simulators.hospital.platform import Platform
from infra.simulators.hospital.problems import RefusedError, bad_request, refused
from infra.simulators.hospital.store import open_store


class Simulator:
    """The systems of any number of hospitals, told apart by their code."""

    def __init__(self, state: Path, platform_url: str = "") -> None:
        self._store = open_store(state)
        faults, access = Faults(), Access(self._store, platform_url)
        platform = Platform(self._store, access, faults)
        self._office = Office(access, faults, Entries(self._store), Orders(self._store), platform)

    def app(self) -> Starlette:
        """Return the ASGI app."""
        return Starlette(
            routes=[*Inbound(self._office).routes(), *Api(self._office).routes(), *Desk(self._office).routes()],
            exception_handlers={BadRequestError: bad_request, RefusedError: refused},
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self._office.platform.close()
        self._store.close()
