"""A world for tests of hospitals' contracts: their store, and all that follows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest

from guahao.domain.audit_log import Deed
from guahao.domain.errors import HospitalConflict
from guahao.domain.signing import sign
from guahao.runtime.api import SignedRequest
from guahao.usecases.bookable import bookable_sessions
from guahao.usecases.gateway_access import GatewayAccess
from guahao.usecases.hospital_settings import Contracts
from tests.builders import schedule_entry
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.clock import FakeClock
from tests.fakes.gateway import FakeNonces
from tests.fakes.hospital_settings import FakeContracts, SettingsOfContracts
from tests.fakes.vault import FakeVault
from tests.killing import Killer
from tests.publishing import CODE, World

ACTOR, NEW, URL = "li.na", "2000", "https://his.hospital.example/api"
DETAILS = ("协和医院", URL, "王主任", "010-69156114")


@dataclass
class House(World):
    """Two hospitals with contracts and all that follows them; CODE has a session whose pool is built."""

    log: FakeAuditLog = field(default_factory=FakeAuditLog)
    vault: FakeVault = field(default_factory=FakeVault)
    clock: FakeClock = field(default_factory=FakeClock)
    booked_until: date = date.min

    def __post_init__(self) -> None:
        super().__post_init__()
        self.store, self.keys = FakeContracts(self.log), (f"{n:064}" for n in range(1, 100))
        self.key = self.contracts().create(ACTOR, CODE, *DETAILS).key
        self.catalog.set_online(CODE, True)
        self.publish(schedule_entry())
        self.build_pool()

    def contracts(self, killer: Killer | None = None) -> Contracts:
        watch = killer.watch if killer else lambda part: part
        parts = (watch(self.store), watch(self.catalog), watch(self.pool))
        return Contracts(*parts, lambda _, first: first <= self.booked_until, self.vault, self.clock, draw_key=lambda: next(self.keys))

    def gateway(self, key: str) -> str:
        """Return what the gate knows the hospital as that signs with the key."""
        timestamp, nonce = str(int(self.clock().timestamp())), "0123456789abcdef"
        signature = sign(key, "GET", "/api/gateway/hospital", timestamp, nonce, b"")
        headers = {"x-hospital-code": CODE, "x-timestamp": timestamp, "x-nonce": nonce, "x-signature": signature}
        access = GatewayAccess(SettingsOfContracts(self.store, self.vault), FakeNonces(), self.clock)
        return access.prove(SignedRequest("GET", "/api/gateway/hospital", headers, b""))

    def is_bookable(self) -> bool:
        """Tell whether the pool, or whoever builds it anew, sells the session."""
        session_id = self.session().schedule_id
        known = self.pool.sessions.get(session_id) or bookable_sessions(self.catalog, [session_id])[session_id]
        return known.sells

    def deeds(self) -> list[Deed]:
        """Return what is in the audit log behind the making of the contract."""
        return [entry.deed for entry in self.log.entries[1:]]

    def refusal(self, act: Callable[[], object]) -> str | None:
        """Return the rule behind the conflict, which left everything as it was."""
        before = dict(self.store.contracts), self.deeds(), self.catalog.hospital(CODE), dict(self.pool.sessions)
        with pytest.raises(HospitalConflict) as refused:
            act()
        assert (dict(self.store.contracts), self.deeds(), self.catalog.hospital(CODE), dict(self.pool.sessions)) == before
        return refused.value.rule
