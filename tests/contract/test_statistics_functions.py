"""Statistics through their functions and the command that rebuilds them, on real servers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from infra.functions import load_handler
from infra.operate.__main__ import main

from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.hospital_access import HospitalSettingItem
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.adapters.dynamo.statistics import CountsItem, DynamoStatistics, MarkItem
from guahao.contracts.messages import OrderMessage
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from tests.builders import VISIT, altered
from tests.functions import forget_use_cases, sample_event
from tests.unit.test_order_states import order

DAY = VISIT.isoformat()


@pytest.fixture(autouse=True)
def fresh(aws: dict[str, str]) -> Iterator[None]:
    """Build the use cases anew, and nobody's behind this test."""
    forget_use_cases()
    use_table(OrderItem, aws["ORDERS_TABLE"])
    yield
    forget_use_cases()


@pytest.fixture
def code() -> str:
    """Return the code of a hospital that no other test has."""
    return uuid4().hex[:12]


def put(code: str, state: OrderState, number: int = 1, version: int = 1) -> Order:
    """Write an order of the hospital, over what it was."""
    made = altered(order(state), order_id=f"{code}{number:014}", hospital_code=code, version=version)
    OrderItem.from_domain(made, "").save()
    return made


def deliver(*orders: Order) -> dict[str, Any]:
    """Give the handler a message for each of the orders and return its answer."""
    record = sample_event("on_statistics", "changed")["Records"][0]
    bodies = [OrderMessage(order_id=each.order_id).model_dump_json(by_alias=True) for each in orders]
    records = [{**record, "messageId": str(place), "body": body} for place, body in enumerate(bodies)]
    answer: dict[str, Any] = load_handler("on_statistics")({"Records": records}, None)
    return answer


def ask(case: str, **query: str) -> tuple[int, dict[str, Any]]:
    """Return status and body of a sample event, asked with another query if one is given."""
    event = sample_event("statistics", case)
    answer = load_handler("statistics")(event | {"queryStringParameters": query} if query else event, None)
    return answer["statusCode"], json.loads(answer["body"])


def test_what_became_of_orders_is_told_for_each_day(code: str) -> None:
    placed = [put(code, state, number) for number, state in enumerate(OrderState)]
    assert deliver(*placed, *placed) == {"batchItemFailures": []}
    status, body = ask("bookings", **{"hospitalCode": code, "from": DAY, "to": "2026-03-06"})
    assert status == 200
    figures = {"placed": 5, "booked": 4, "paid": 3, "cancelled": 1, "attended": 1, "noShow": 1}
    assert body == {"items": [{"date": DAY, **figures}, {"date": "2026-03-06", **dict.fromkeys(figures, 0)}], "totals": figures}


def test_a_message_of_an_order_that_is_not_there_comes_again_and_holds_up_no_other(code: str) -> None:
    there, missing = put(code, OrderState.PAID), replace(order(), order_id=f"{code}missing")
    assert deliver(missing, there) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert ask("bookings", **{"hospitalCode": code, "from": DAY, "to": DAY})[1]["totals"]["paid"] == 1


def test_without_a_hospital_all_are_told_together(code: str) -> None:
    before = ask("bookings", **{"from": DAY, "to": DAY})[1]["totals"]["placed"]
    deliver(put(code, OrderState.PAID))
    assert ask("bookings", **{"from": DAY, "to": DAY})[1]["totals"]["placed"] == before + 1


@pytest.mark.parametrize(
    ("case", "status", "fields"),
    [
        ("bookings", 200, None),
        ("bookings_with_days_in_wrong_order", 400, ["from"]),
        ("bookings_of_too_many_days", 400, ["from"]),
        ("bookings_of_too_many_days_of_all", 400, ["from"]),
        ("bad_day", 400, ["from"]),
        ("bad_hospital", 400, ["hospitalCode"]),
        ("bookings_without_token", 401, None),
    ],
)
def test_each_sample_request_is_answered(case: str, status: int, fields: list[str] | None) -> None:
    answered, body = ask(case)
    assert answered == status
    assert fields is None or [fault["field"] for fault in body["errors"]] == fields


def test_a_hospital_is_there_as_soon_as_it_has_a_setting(code: str) -> None:
    asked = {"hospitalCode": code, "from": DAY, "to": DAY}
    assert ask("bookings", **asked)[0] == 404
    HospitalSettingItem(code).update(actions=[HospitalSettingItem.locked.set(False)])
    assert ask("bookings", **asked)[1]["totals"]["placed"] == 0


@pytest.fixture
def rebuild(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str) -> Callable[[], list[str]]:
    """Give what rebuilds the hospital's statistics and returns what it said."""

    def run() -> list[str]:
        monkeypatch.setattr(sys, "argv", ["operate", "rebuild-statistics", "--hospital", code])
        assert main() == 0
        return capsys.readouterr().out.splitlines()

    return run


def test_the_command_makes_them_what_the_orders_say_and_then_has_nothing_to_do(code: str, rebuild: Callable[[], list[str]]) -> None:
    put(code, OrderState.PAID, 1)
    put(code, OrderState.CANCELLED, 2)
    assert rebuild() == ["Orders: 2, counted anew: 2, days corrected: 0."]
    assert rebuild() == ["Orders: 2, counted anew: 0, days corrected: 0."]
    CountsItem.get(code, DAY).update([CountsItem.paid.set(7)])
    assert rebuild() == [f"{code} {DAY}: paid 7, cancelled 1; now paid 1, cancelled 1.", "Orders: 2, counted anew: 0, days corrected: 1."]
    CountsItem(code, DAY).delete()
    assert rebuild() == [f"{code} {DAY}: nothing; now paid 1, cancelled 1.", "Orders: 2, counted anew: 0, days corrected: 1."]
    MarkItem(f"{code}#{DAY}", put(code, OrderState.CHECKED_IN, 1, 2).order_id).delete()
    assert rebuild() == [
        f"{code} {DAY}: paid 1, checkedIn 1, cancelled 1; now checkedIn 1, cancelled 1.",
        "Orders: 2, counted anew: 1, days corrected: 1.",
    ]
    CountsItem(code, "2026-04-01", month="2026-04", version=3, paid=2).save()
    assert rebuild()[0] == f"{code} 2026-04-01: paid 2; now nothing."
    MarkItem(f"{code}#2026-04-01", f"{code}{1:014}", state="paid", version=1).save()
    assert rebuild() == [f"{code} 2026-04-01: paid -1; now nothing.", "Orders: 2, counted anew: 1, days corrected: 1."]
    assert rebuild() == ["Orders: 2, counted anew: 0, days corrected: 0."]


def test_the_command_believes_no_mark_of_an_order_that_was_restored_or_lost(code: str, rebuild: Callable[[], list[str]]) -> None:
    restored = put(code, OrderState.PAID, 1)
    deliver(put(code, OrderState.CHECKED_IN, 1, 2), lost := put(code, OrderState.PAID, 2))
    OrderItem.from_domain(restored, "").save()
    OrderItem(lost.order_id).delete()
    assert rebuild() == ["Orders: 1, counted anew: 2, days corrected: 0."]
    figures = {"placed": 1, "booked": 1, "paid": 1, "cancelled": 0, "attended": 0, "noShow": 0}
    assert ask("bookings", **{"hospitalCode": code, "from": DAY, "to": DAY})[1]["totals"] == figures
    deliver(put(code, OrderState.CANCELLED, 1, 2))
    assert rebuild() == ["Orders: 1, counted anew: 0, days corrected: 0."]


def test_orders_that_are_counted_while_the_command_runs_stay_counted(
    aws: dict[str, str], code: str, rebuild: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(*(put(code, OrderState.PAID, number) for number in range(3)))
    CountsItem.get(code, DAY).update([CountsItem.paid.set(9)])
    read, moves = DynamoStatistics.marked, iter((OrderState.CHECKED_IN, OrderState.CANCELLED))

    def overtaken(*arguments: Any) -> Iterator[Any]:
        yield from read(*arguments)
        for state in moves:
            deliver(put(code, state, 1, 2 + (state is OrderState.CANCELLED)))
            break

    monkeypatch.setattr(DynamoStatistics, "marked", overtaken)
    assert len(rebuild()) == 2
    by_state = DynamoStatistics(aws["STATISTICS_TABLE"]).day(code, VISIT).by_state
    assert (+by_state).items() == {OrderState.PAID: 2, OrderState.CANCELLED: 1}.items()
    assert rebuild() == ["Orders: 3, counted anew: 0, days corrected: 0."]
