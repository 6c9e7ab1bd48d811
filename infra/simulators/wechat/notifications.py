"""Notifications: written down first, then sent until the merchant takes them or the last repeat has failed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from typing import Any
from uuid import uuid4

import httpx

from infra.simulators.wechat.faults import Faults
from infra.simulators.wechat.keys import Keys
from infra.simulators.wechat.protocol import probing, seal, signature_headers
from infra.simulators.wechat.store import rfc3339

# The pauses of the real one: fifteen repeats in 24 hours and 4 minutes.
RETRY_SECONDS = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
TIMEOUT_SECONDS = 5.0
_AT_ONCE = 16


class Notifications:
    """The outbox. `factor` shortens the pauses between repeats."""

    def __init__(self, store: sqlite3.Connection, keys: Keys, faults: Faults, factor: float) -> None:
        self._store = store
        self._keys = keys
        self._faults = faults
        self._factor = factor
        self._more = asyncio.Event()

    def add(self, event_type: str, kind: str, summary: str, url: str, resource: dict[str, Any]) -> None:
        """Write a notification down for sending; with the switch at `lost` it never leaves."""
        now = time.time()
        notification = {
            "id": str(uuid4()),
            "create_time": rfc3339(int(now)),
            "resource_type": "encrypt-resource",
            "event_type": event_type,
            "summary": summary,
            "resource": seal(self._keys, resource, kind),
        }
        state = "lost" if self._faults["notify"] == "lost" else "waiting"
        with self._store:
            self._store.execute(
                "INSERT INTO notifications (id, out_trade_no, url, body, state, next_at) VALUES (?, ?, ?, ?, ?, ?)",
                (notification["id"], resource["out_trade_no"], url, json.dumps(notification, ensure_ascii=False), state, now),
            )
        self._more.set()

    async def deliver(self) -> None:
        """Send what is due, for ever."""
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            while True:
                self._more.clear()
                due = self._store.execute(
                    "SELECT * FROM notifications WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at LIMIT ?", (time.time(), _AT_ONCE)
                ).fetchall()
                await asyncio.gather(*(self._attempt(client, row) for row in due))
                if not due:
                    await self._pause()

    async def _pause(self) -> None:
        row = self._store.execute("SELECT MIN(next_at) AS at FROM notifications WHERE state = 'waiting'").fetchone()
        seconds = None if row["at"] is None else max(0.0, row["at"] - time.time())
        try:
            await asyncio.wait_for(self._more.wait(), seconds)
        except TimeoutError:
            return

    async def _attempt(self, client: httpx.AsyncClient, row: sqlite3.Row) -> None:
        if self._faults["notify"] == "probe":
            await self._send(client, row, is_probe=True)
        taken = await self._send(client, row)
        if self._faults["notify"] == "twice":
            taken = await self._send(client, row)
        attempts = row["attempts"] + 1
        if taken or attempts > len(RETRY_SECONDS):
            state, next_at = ("delivered" if taken else "given up"), row["next_at"]
        else:
            state, next_at = "waiting", time.time() + RETRY_SECONDS[attempts - 1] * self._factor
        with self._store:
            self._store.execute(
                "UPDATE notifications SET state = ?, attempts = ?, next_at = ? WHERE id = ?", (state, attempts, next_at, row["id"])
            )

    async def _send(self, client: httpx.AsyncClient, row: sqlite3.Row, is_probe: bool = False) -> bool:
        body = row["body"].encode()
        signed = body + b"\n" if self._faults["notify"] == "wrongSignature" else body
        headers = signature_headers(self._keys, signed, int(time.time())) | {"Content-Type": "application/json", "Request-ID": row["id"]}
        if is_probe:
            headers = probing(headers)
        try:
            return (await client.post(row["url"], content=body, headers=headers)).is_success
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
