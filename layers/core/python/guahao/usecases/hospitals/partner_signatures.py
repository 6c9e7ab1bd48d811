"""Which hospital sent a request, proven by the request's signature."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guahao.domain.errors import Forbidden, Unauthenticated
from guahao.domain.hospitals import signing
from guahao.domain.hospitals.hospital_access import is_hospital_code
from guahao.ports.clock import Clock
from guahao.ports.hospitals.partners import Nonces, ReadHospitalAccess


class Signed(Protocol):
    """A request as it was signed; the names of the headers are in lower case."""

    @property
    def method(self) -> str: ...

    @property
    def path_and_query(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True)
class PartnerSignatures:
    """Accepts each request that a hospital signed with its own key, once."""

    settings: ReadHospitalAccess
    nonces: Nonces
    clock: Clock

    def verify(self, request: Signed) -> str:
        """Return the code of the hospital that sent the request, or raise Unauthenticated or Forbidden.

        A hospital that does not exist and a wrong key get the same answer, and only a genuine request uses up its nonce.
        """
        code = request.headers.get("x-hospital-code", "")
        setting = self.settings.get(code) if is_hospital_code(code) else None
        now = self.clock()
        _verify(request, setting.keys(now) if setting else [secrets.token_hex(32)], now)
        if setting is None or setting.locked:
            detail = "Your hospital is locked, so it can change nothing here. Ask an administrator of the platform."
            raise Forbidden(detail, rule="hospitalUnlocked")
        if not self.nonces.use(code, request.headers["x-nonce"]):
            raise Unauthenticated("This nonce was used before. Sign each request anew, also a repeated one.", rule="nonceOnce")
        return code


def _verify(request: Signed, keys: list[str], now: datetime) -> None:
    """Accept a request signed with one of the keys, or raise Unauthenticated."""
    timestamp, nonce, signature = (request.headers.get(f"x-{name}", "") for name in ("timestamp", "nonce", "signature"))
    *others, last = keys
    for key in others:
        with suppress(Unauthenticated):
            signing.verify(key, signature, request.method, request.path_and_query, timestamp, nonce, request.body, now)
            return
    signing.verify(last, signature, request.method, request.path_and_query, timestamp, nonce, request.body, now)
