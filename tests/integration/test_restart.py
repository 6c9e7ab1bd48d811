"""A stack that was started again does what follows from an order, also from one placed just before it stopped."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

from infra.local.layout import free_port

from tests.e2e.client import Visitor, eventually
from tests.e2e.conftest import Stack
from tests.stacks import control


def test_hospitals_hear_of_orders_placed_before_and_after_a_restart(tmp_path: Path) -> None:
    port = str(free_port())

    def start(closing: ExitStack) -> Visitor:
        started = control("up", tmp_path, "--port", port)
        assert started.returncode == 0, started.stdout + started.stderr
        return Visitor(Stack(tmp_path, json.loads((tmp_path / "stack.json").read_text()), {}, closing))

    def told(visitor: Visitor, order_id: str) -> None:
        eventually(lambda: visitor.order(order_id)["hospitalRecordId"])

    try:
        with ExitStack() as closing:
            visitor = start(closing).log_in()
            first = book(visitor, 0)
            told(visitor, first)
            # An account may hold only two numbers unpaid.
            assert visitor.scan(visitor.open_payment(first).json()["codeUrl"]).status_code == 200
            last = book(visitor, 1)
            token = visitor.http.headers["Authorization"]
            assert control("down", tmp_path).returncode == 0
            visitor = start(closing)
            visitor.http.headers["Authorization"] = token
            told(visitor, last)
            told(visitor, book(visitor, 2))
    finally:
        control("down", tmp_path)


def book(visitor: Visitor, nth: int) -> str:
    """Book a number of the nth open day after today; one a day is within the caps."""
    address = "/api/hospitals/10001/departments/0101/days"
    day = [d for d in visitor.http.get(address).json()["items"][1:] if d["state"] == "open"][nth]
    schedules = visitor.http.get(f"{address}/{day['date']}/schedules").json()["items"]
    booked = visitor.book(next(s["scheduleId"] for s in schedules if s["free"]))
    assert booked.status_code == 201
    order_id: str = booked.json()["orderId"]
    return order_id
