"""The simulated hospital's system beside a stand-in for the platform, for tests that talk to both."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from guahao.domain.hospitals.signing import sign
from tests.platforms import StandInPlatform
from tests.simulators import simulator

TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
HOSPITAL = {
    "name": "示范医院",
    "grade": 1,
    "provinceCode": "110000",
    "cityCode": "110100",
    "districtCode": "110101",
    "address": "东城区示范路1号",
    "bookingRule": {"cycleDays": 7, "releaseTime": "08:00", "stopTime": "16:30", "quitDayOffset": -1, "quitTime": "15:00", "notes": ["…"]},
}


def department(code: str = "0101", **changes: Any) -> dict[str, Any]:
    return {"departmentCode": code, "name": "心内科", "groupCode": "01", "groupName": "内科"} | changes


def schedule(key: str = "S1", **changes: Any) -> dict[str, Any]:
    facts = {"departmentCode": "0101", "title": "主任医师", "date": TOMORROW, "halfDay": "morning", "total": 10, "feeFen": 5000}
    return {"hospitalScheduleId": key} | facts | changes


@dataclass(frozen=True)
class World:
    """A hospital of its own for one test, its system and the platform."""

    http: httpx.Client
    platform: StandInPlatform
    code: str
    key: str

    def path(self, rest: str) -> str:
        return f"/hospitals/{self.code}/{rest}"

    def put(self, kind: str, content: Any) -> httpx.Response:
        return self.http.put(self.path(kind), json=content)

    def own(self, kind: str) -> dict[str, dict[str, Any]]:
        return {entry["key"]: entry for entry in self.http.get(self.path(kind)).json()["items"]}

    def calls(self) -> list[tuple[str, str, int]]:
        return [call for call in self.platform.calls if call[2] != 503]

    def set(self, mode: str) -> None:
        self.http.put("/faults", json={"hospitalCode": self.code, "mode": mode}).raise_for_status()

    def say(self, path: str, content: Any, key: str = "", timeout: float = 5) -> httpx.Response:
        """Call the hospital as the platform does."""
        body, timestamp, nonce = json.dumps(content).encode(), str(int(time.time())), secrets.token_hex(16)
        signature = sign(key or self.key, "POST", path, timestamp, nonce, body)
        headers = {"X-Hospital-Code": self.code, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
        return self.http.post(path, content=body, headers=headers, timeout=timeout)

    def registration(self) -> dict[str, Any]:
        return {
            "orderId": uuid4().hex,
            "hospitalScheduleId": uuid4().hex,
            "departmentCode": "0101",
            "date": TOMORROW,
            "halfDay": "morning",
            "number": 1,
            "feeFen": 5000,
            "patientName": "张三",
            "patientPhone": "13800000000",
            "certificateType": "idCard",
            "certificateNumber": "11010119900307109X",
            "issuingState": "",
        }

    def order(self, state: str = "paid") -> tuple[str, str]:
        """Let the platform register an order that it holds to be in this state; return the order's and the record's id."""
        asked = self.registration()
        self.platform.orders[asked["orderId"]] = state
        return asked["orderId"], self.say("/orders", asked).json()["recordId"]

    def state(self, order_id: str) -> str:
        orders = self.http.get(self.path("orders")).json()["items"]
        return str(next(order["state"] for order in orders if order["orderId"] == order_id))


@dataclass(frozen=True)
class Systems:
    """One running simulator and the platform that it publishes to."""

    http: httpx.Client
    platform: StandInPlatform

    def new_hospital(self) -> World:
        """Set up a hospital that nobody has used, at a platform that is up and has not been called."""
        code, key = uuid4().hex[:8], secrets.token_hex(16)
        self.platform.keys[code] = key
        self.platform.calls.clear()
        self.platform.down = False
        self.http.put("/settings", json={"hospitalCode": code, "key": key}).raise_for_status()
        return World(self.http, self.platform, code, key)


@contextmanager
def hospital_systems(state: Path) -> Iterator[Systems]:
    """Run the simulator and the platform."""
    platform = StandInPlatform({})
    with (
        platform.serve() as address,
        simulator("hospital", state, "--platform", address) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield Systems(client, platform)
