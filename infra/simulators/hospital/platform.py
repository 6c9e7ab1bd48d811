"""The platform as the hospital's system calls it: each call signed, and written down with its answer."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from guahao.domain.hospitals.signing import sign
from infra.simulators.hospital.access import Access
from infra.simulators.hospital.faults import Faults
from infra.simulators.hospital.store import now_text

TIMEOUT_SECONDS = 60.0
_CALLS_KEPT = 1000


@dataclass(frozen=True)
class Reply:
    """The platform's answer; status 0 is none."""

    status: int
    content: Any

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def detail(self) -> str:
        """Return what the answer says in words."""
        if not isinstance(self.content, dict):
            return f"The platform answered {self.status} with a body that is no JSON object."
        said = str(self.content.get("detail") or self.content.get("message") or f"The platform answered {self.status}.")
        return " ".join([said, *map(in_words, self.errors)])

    @property
    def errors(self) -> list[Any]:
        """Return the faults that the answer names one by one."""
        errors = self.content.get("errors") if isinstance(self.content, dict) else None
        return errors if isinstance(errors, list) else []


@dataclass(frozen=True)
class _Request:
    """A call before it is signed."""

    hospital_code: str
    method: str
    path_and_query: str
    body: bytes


class Platform:
    """Signed calls to the platform, for any of the hospitals."""

    def __init__(self, store: sqlite3.Connection, access: Access, faults: Faults) -> None:
        self._store = store
        self._access = access
        self._faults = faults
        self._http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, hospital_code: str, method: str, path: str, content: Any = None, query: dict[str, str] | None = None) -> Reply:
        """Make one call, three times where the hospital's system is made to repeat itself, and return the first answer."""
        if not self._access.platform_url(hospital_code):
            return Reply(0, {"detail": "The platform's address is not known here: give it under Settings, then push again."})
        body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        request = _Request(hospital_code, method, path + _query(query or {}), body)
        nonce = secrets.token_hex(16)
        reply = await self._send(request, nonce, "")
        if self._faults.of(hospital_code) == "duplicateCall":
            await self._send(request, secrets.token_hex(16), "the same again")
            await self._send(request, nonce, "the nonce again")
        return reply

    def calls(self, hospital_code: str, most: int = 100) -> list[dict[str, Any]]:
        """Return the latest calls and what the platform said, newest first."""
        query = "SELECT at, method, path, note, status, said FROM calls WHERE hospital_code = ? ORDER BY id DESC LIMIT ?"
        return [dict(row) for row in self._store.execute(query, (hospital_code, most))]

    async def _send(self, request: _Request, nonce: str, note: str) -> Reply:
        key, timestamp = self._access.key(request.hospital_code), str(int(time.time()))
        headers = {
            "X-Hospital-Code": request.hospital_code,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": sign(key, request.method, request.path_and_query, timestamp, nonce, request.body),
            "Accept": "application/json",
        }
        if request.body:
            headers["Content-Type"] = "application/json"
        url = self._access.platform_url(request.hospital_code) + request.path_and_query
        try:
            response = await self._http.request(request.method, url, content=request.body, headers=headers)
            reply = Reply(response.status_code, _json(response.content))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reply = Reply(0, {"detail": f"The platform at {url} does not answer ({type(error).__name__}): push again later."})
        self._write_down(request, note, reply)
        return reply

    def _write_down(self, request: _Request, note: str, reply: Reply) -> None:
        with self._store:
            last = self._store.execute(
                "INSERT INTO calls (hospital_code, at, method, path, note, status, said) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (request.hospital_code, now_text(), request.method, request.path_and_query, note, reply.status, _in_short(reply)),
            ).lastrowid
            self._store.execute("DELETE FROM calls WHERE id <= ?", ((last or 0) - _CALLS_KEPT,))


def in_words(fault: Any) -> str:
    """Return a fault that the platform names as a person reads it."""
    return f"{fault.get('field')}: {fault.get('reason')}" if isinstance(fault, dict) else str(fault)


def _query(parameters: dict[str, str]) -> str:
    """Return the query as both sides sign it: sorted by name, all but RFC 3986's unreserved characters encoded."""
    pairs = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(parameters.items())]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return None


def _in_short(reply: Reply) -> str:
    """Return the gist of an answer: how many of each result, or what it says."""
    if not reply.accepted:
        return reply.detail
    items = reply.content.get("items") if isinstance(reply.content, dict) else None
    if not isinstance(items, list):
        return ""
    results = [str(item.get("result", "listed")) for item in items if isinstance(item, dict)]
    return ", ".join(f"{results.count(result)} {result}" for result in dict.fromkeys(results))
