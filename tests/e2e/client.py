"""A visitor of the product: what a frontend does, over HTTP."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import boto3
import httpx
from pyotp import TOTP

from tests.e2e.conftest import Stack
from tests.servers import ROOT

Found = TypeVar("Found")


@dataclass(frozen=True)
class Stage:
    """A schedule made for one test, and verified people who may book it."""

    schedule_id: str
    people: list[dict[str, str]]


def set_stage(stack: Stack, numbers: int, first_phone: int, users: int, days_ahead: int = 3) -> Stage:
    """Publish a schedule of so many numbers and make so many verified users with a patient each."""
    arguments = [uuid4().hex, *map(str, (days_ahead, numbers, first_phone, users))]
    command = [sys.executable, "-m", "tests.e2e.stage", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=stack.variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return Stage(told["scheduleId"], told["people"])


def eventually(look: Callable[[], Found | None], seconds: float = 30) -> Found:
    """Return what `look` finds once it finds something; fail when it does not in time."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


@contextmanager
def fault(stack: Stack, switch: str, mode: str) -> Iterator[None]:
    """Turn a switch of the payment provider's simulator, and back again."""
    address = f"{stack.addresses['payment']}/faults"
    try:
        httpx.put(address, json={switch: mode}, trust_env=False).raise_for_status()
        yield
    finally:
        httpx.put(address, json={switch: "normal"}, trust_env=False).raise_for_status()


class Visitor:
    """Somebody with a phone in the hand."""

    def __init__(self, stack: Stack, phone: str = "", patient_id: str = "") -> None:
        demo = stack.addresses["accounts"]["patient"]
        self.phone, self.patient_id = phone or demo["phone"], patient_id or demo["patientId"]
        self._addresses = stack.addresses
        self.http = stack.closing.enter_context(httpx.Client(base_url=stack.addresses["api"], timeout=60, trust_env=False))
        self.outside = stack.closing.enter_context(httpx.Client(timeout=60, trust_env=False))

    def log_in(self) -> Visitor:
        """Ask for a code, read it on the phone, and keep the token."""
        seen = len(self.messages())
        asked = self.http.post("/api/login-codes", json={"phone": self.phone})
        assert asked.status_code == 202, asked.text
        text = eventually(lambda: [m for m in self.messages()[: len(self.messages()) - seen] if "验证码" in m])[0]
        found = re.search(r"\d{6}", text)
        assert found
        told = {"phone": self.phone, "code": found.group(), "requestId": asked.json()["requestId"]}
        session = self.http.post("/api/sessions", json=told)
        assert session.status_code == 201
        self.http.headers["Authorization"] = f"Bearer {session.json()['token']}"
        return self

    def messages(self) -> list[str]:
        """Return the texts on the phone, newest first."""
        answer = self.outside.get(self._addresses["sms"], params={"phone": self.phone})
        return [message["message"] for message in answer.json()]

    def book(self, schedule_id: str, key: str = "", patient_id: str = "") -> httpx.Response:
        """Ask for a number, under a key of its own and for the own patient unless others are given."""
        body = {"scheduleId": schedule_id, "patientId": patient_id or self.patient_id}
        return self.http.post("/api/orders", json=body, headers={"Idempotency-Key": key or uuid4().hex})

    def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/api/orders/{order_id}").json()
        return found

    def open_payment(self, order_id: str) -> httpx.Response:
        return self.http.post(f"/api/orders/{order_id}/payment")

    def scan(self, code_url: str) -> httpx.Response:
        """Pay what the code asks for, as the phone's own app does."""
        return self.outside.post(f"{self._addresses['payment']}/scan", json={"codeUrl": code_url})

    def cancel(self, order_id: str) -> httpx.Response:
        return self.http.post(f"/api/orders/{order_id}/cancellation")

    def free(self, schedule_id: str) -> int:
        """Return how many numbers the schedule shows as free."""
        free: int = self.http.get(f"/api/schedules/{schedule_id}").json()["free"]
        return free

    def hospital_knows(self, order_id: str) -> str:
        """Return the state of the order in the hospital's own books."""
        orders = self.outside.get(f"{self._addresses['hospital']}/orders").json()
        return next((order["state"] for order in orders if order["orderId"] == order_id), "")

    def trade(self, order_id: str) -> dict[str, Any]:
        """Return the trade in the payment provider's own books."""
        trades = self.outside.get(f"{self._addresses['payment']}/trades").json()
        found: dict[str, Any] = next((trade for trade in trades if trade["out_trade_no"] == order_id), {})
        return found


class Administrator:
    """Somebody of the platform with a password and an authenticator app, `http` being their browser.

    A test that needs a role takes `administrator(stack, "auditor")`, whom all share. A test that locks, or guesses wrong, makes somebody of
    its own with `make_administrator`.
    """

    def __init__(self, stack: Stack, credentials: Mapping[str, str]) -> None:
        self.username, self._password, self._secret = (credentials[name] for name in ("username", "password", "totpSecret"))
        self.http = stack.closing.enter_context(httpx.Client(base_url=stack.addresses["api"], timeout=60, trust_env=False))

    def try_to_log_in(self, password: str = "") -> httpx.Response:
        """Send the credentials, with another password if one is given, and a code that was not used before."""
        body = {"username": self.username, "password": password or self._password, "totp": unused_code(self._secret)}
        return self.http.post("/api/admin/sessions", json=body)

    def log_in(self) -> Administrator:
        """Open a session and keep its token."""
        session = self.try_to_log_in()
        assert session.status_code == 201, session.text
        self.http.headers["Authorization"] = f"Bearer {session.json()['token']}"
        return self


_sessions: dict[tuple[str, str], Administrator] = {}
_last_steps: dict[str, int] = {}


def administrator(stack: Stack, role: str) -> Administrator:
    """Return an administrator with the role and a schedule, the same one for the whole run; "owner" is the demo's."""
    key = (str(stack.folder), role)
    if key not in _sessions:
        owner = Administrator(stack, stack.addresses["accounts"]["owner"])
        _sessions[key] = (owner if role == "owner" else make_administrator(stack, role)).log_in()
    return _sessions[key]


def make_administrator(stack: Stack, role: str) -> Administrator:
    """Return a new administrator with the role, not logged in."""
    body = {"username": f"{role}-{uuid4().hex[:16]}", "role": role}
    made = administrator(stack, "owner").http.post("/api/admin/administrators", json=body)
    assert made.status_code == 201, made.text
    return Administrator(stack, {**made.json(), "username": body["username"]})


def unused_code(secret: str) -> str:
    """Return a code that this run has not used; a code opens one schedule, so this waits for the next one when need be."""
    step = max(int(time.time()) // 30, _last_steps.get(secret, 0) + 1)
    # The product takes the code of the next half minute too.
    eventually(lambda: int(time.time()) // 30 + 1 >= step, 60)
    _last_steps[secret] = step
    return TOTP(secret).generate_otp(step)


def cancelled_for(order: dict[str, Any]) -> str:
    """Return why the order was cancelled."""
    return next(str(step["cause"]) for step in order["timeline"] if step["state"] == "cancelled")


def run_timer(stack: Stack, name: str, **event: object) -> dict[str, int]:
    """Run the timer that template.yaml calls so, now, and return its figures."""
    known = stack.variables
    account = boto3.Session(known["AWS_ACCESS_KEY_ID"], known["AWS_SECRET_ACCESS_KEY"], region_name=known["AWS_REGION"])
    parts, functions = (account.client(service, endpoint_url=known["AWS_ENDPOINT_URL"]) for service in ("cloudformation", "lambda"))
    function = parts.describe_stack_resource(StackName="guahao", LogicalResourceId=name)["StackResourceDetail"]["PhysicalResourceId"]
    answer = functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()
    figures: dict[str, int] = json.loads(answer["Payload"].read())
    return figures
