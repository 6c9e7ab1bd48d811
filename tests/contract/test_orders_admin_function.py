"""Administrators find and look at orders, on real servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from infra.functions import load_handler

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.domain.booking.orders import Order, order_id_of, place
from guahao.usecases.people.login import user_id_of_phone
from guahao.usecases.people.sealing import phone_mark
from tests.builders import NOW, patient, schedule
from tests.functions import forget_use_cases, sample_event

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def environment(aws: dict[str, str]) -> Iterator[None]:
    """Build the service anew on the servers."""
    forget_use_cases()
    yield
    forget_use_cases()


@pytest.fixture
def phones() -> list[str]:
    return [f"138{uuid4().int % 10**8:08}" for _ in range(2)]


@pytest.fixture
def order(aws: dict[str, str], phones: list[str]) -> Order:
    """An order of the first phone's account for a patient of the second."""
    vault = KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"])
    someone = replace(patient(user_id=user_id_of_phone(vault, phones[0])), phone_mark=phone_mark(vault, phones[1]))
    order_id = order_id_of(someone.user_id, "key")
    placed = place(schedule(hospital_code=uuid4().hex), 1, order_id=order_id, patient=someone, now=NOW, hold=timedelta(minutes=15))
    use_table(OrderItem, aws["ORDERS_TABLE"])
    OrderItem.from_domain(placed, "").save()
    return placed


def call(case: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    """Return status and body of a sample event."""
    answer = load_handler("orders_admin")({**sample_event("orders_admin", case), **changes}, None)
    return answer["statusCode"], json.loads(answer["body"])


def test_an_order_is_found_every_way(order: Order, phones: list[str]) -> None:
    shown = call("look", pathParameters={"orderId": order.order_id})[1]
    day = {"from": "2026-03-05", "to": "2026-03-05", "status": "awaitingPayment"}
    for query in (*({"q": text} for text in (*phones, order.order_id)), {"hospitalCode": order.visit.hospital_code}):
        assert call("find", queryStringParameters={**query, **day}) == (200, {"items": [shown], "nextCursor": None})
    by_name = {"q": "林三", "hospitalCode": order.visit.hospital_code, "limit": "100", **day}
    assert shown in call("find", queryStringParameters=by_name)[1]["items"]


def test_an_order_is_shown_with_its_user_and_timeline_and_nothing_secret(order: Order) -> None:
    status, shown = call("look", pathParameters={"orderId": order.order_id})
    assert (status, shown["orderId"], shown["userId"], shown["patientPhone"]) == (200, order.order_id, order.user_id, "138****0001")
    step = {"at": "2026-03-02T09:00:00+08:00", "state": "awaitingPayment", "payment": "none", "cause": "booked"}
    assert (shown["state"], shown["payment"], shown["timeline"]) == ("awaitingPayment", {"state": "none", "returnedFen": 0}, [step])
    for secret in (order.holder.person, order.holder.sealed_certificate_number, order.holder.sealed_phone, order.holder.phone_mark):
        assert secret not in json.dumps(shown)


@pytest.mark.parametrize(
    ("case", "status", "fields"),
    [
        ("bad_status", 400, ["status"]),
        ("bad_day", 400, ["from"]),
        ("bad_hospital", 400, ["hospitalCode"]),
        ("find_with_foreign_cursor", 400, ["cursor"]),
        ("find_with_days_in_wrong_order", 400, ["from"]),
        ("look", 404, []),
        ("look_without_token", 401, []),
    ],
)
def test_a_bad_request_has_its_own_problem(case: str, status: int, fields: list[str]) -> None:
    answered, problem = call(case)
    assert (answered, problem["status"]) == (status, status)
    assert [fault["field"] for fault in problem.get("errors", [])] == fields
