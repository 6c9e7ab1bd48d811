"""What a hospital and the platform agreed on: keys, the platform's address, and whether a call is the platform's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from guahao.domain.errors import Unauthenticated
from guahao.domain.hospitals.signing import verify
from infra.simulators.hospital.problems import RefusedError

OVERLAP_SECONDS = 24 * 3600
_NONCE_SECONDS = 600


@dataclass(frozen=True)
class Call:
    """A signed request as it came over the wire."""

    headers: Mapping[str, str]
    method: str
    path_and_query: str
    body: bytes


class Access:
    """The agreements of all simulated hospitals."""

    def __init__(self, store: sqlite3.Connection, platform_url: str) -> None:
        self._store = store
        self._platform_url = platform_url

    def agree(self, hospital_code: str, key: str) -> None:
        """Make this one more hospital's system, or give the hospital a new key; the one before is accepted for another day."""
        before = self._one("SELECT key FROM hospitals WHERE hospital_code = ?", hospital_code)
        if before == key:
            return
        with self._store:
            if before is not None:
                until = int(datetime.now(UTC).timestamp()) + OVERLAP_SECONDS
                self._store.execute("INSERT OR REPLACE INTO previous_keys VALUES (?, ?, ?)", (hospital_code, before, until))
            self._store.execute("INSERT OR REPLACE INTO hospitals VALUES (?, ?)", (hospital_code, key))

    def set_platform(self, hospital_code: str, url: str) -> None:
        """Let this hospital publish itself at another platform than the rest; an empty text takes that back."""
        with self._store:
            if url:
                self._store.execute("INSERT OR REPLACE INTO platforms VALUES (?, ?)", (hospital_code, url))
            else:
                self._store.execute("DELETE FROM platforms WHERE hospital_code = ?", (hospital_code,))

    def platform_url(self, hospital_code: str) -> str:
        """Return the address to which /api/gateway is appended, empty if nobody has said it."""
        return (self.own_platform_url(hospital_code) or self._platform_url).rstrip("/")

    def own_platform_url(self, hospital_code: str) -> str:
        """Return the address that holds for this hospital alone, empty if the usual one does."""
        return self._one("SELECT url FROM platforms WHERE hospital_code = ?", hospital_code) or ""

    def hospitals(self) -> list[str]:
        """Return the codes of the hospitals whose system this is."""
        return [row["hospital_code"] for row in self._store.execute("SELECT hospital_code FROM hospitals ORDER BY hospital_code")]

    def key(self, hospital_code: str) -> str:
        """Return the key that the hospital signs with, or refuse what is no hospital of this system."""
        key = self._one("SELECT key FROM hospitals WHERE hospital_code = ?", hospital_code)
        if key is None:
            raise RefusedError(404, "This is not the system of such a hospital. Set it up first: PUT /settings {hospitalCode, key}.")
        return key

    def admit(self, call: Call) -> str:
        """Return the code of the hospital that the platform means, or refuse a call that is not genuine."""
        now = datetime.now(UTC)
        code, nonce = call.headers.get("x-hospital-code", ""), call.headers.get("x-nonce", "")
        refusal = Unauthenticated("This is not the system of such a hospital.")
        for key in self._accepted(code, now):
            try:
                signature, timestamp = call.headers.get("x-signature", ""), call.headers.get("x-timestamp", "")
                verify(key, signature, call.method, call.path_and_query, timestamp, nonce, call.body, now)
            except Unauthenticated as error:
                refusal = error
            else:
                self._use_nonce(code, nonce, now)
                return code
        raise RefusedError(401, refusal.detail)

    def _accepted(self, hospital_code: str, now: datetime) -> list[str]:
        rows = self._store.execute(
            "SELECT key FROM hospitals WHERE hospital_code = :code "
            "UNION ALL SELECT key FROM previous_keys WHERE hospital_code = :code AND until > :now",
            {"code": hospital_code, "now": now.timestamp()},
        )
        return [row["key"] for row in rows]

    def _use_nonce(self, hospital_code: str, nonce: str, now: datetime) -> None:
        at = int(now.timestamp())
        with self._store:
            self._store.execute("DELETE FROM nonces WHERE at < ?", (at - _NONCE_SECONDS,))
            fresh = self._store.execute("INSERT OR IGNORE INTO nonces VALUES (?, ?, ?)", (hospital_code, nonce, at)).rowcount
        if not fresh:
            raise RefusedError(401, "The nonce was used before.")

    def _one(self, query: str, hospital_code: str) -> str | None:
        row = self._store.execute(query, (hospital_code,)).fetchone()
        return str(row[0]) if row else None


def is_address(url: str) -> bool:
    """Return whether this is an HTTP address, or the empty text that takes one back."""
    try:
        parts = urlsplit(url)
        return not url or (parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        return False
