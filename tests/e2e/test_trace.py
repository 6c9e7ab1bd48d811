"""By one id `make trace` finds what followed from a request, through the stream, the queues and later requests."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from tests.e2e.client import Visitor, eventually, set_stage
from tests.e2e.conftest import Stack
from tests.stacks import control


def trace(stack: Stack, identifier: str) -> list[str]:
    """Return what the command prints, a line each, its columns one space apart."""
    told = control("trace", stack.folder, identifier)
    return [" ".join(line.split()) for line in told.stdout.splitlines()] if told.returncode == 0 else []


def only(lines: Iterable[str], *words: str) -> list[str]:
    """Return the lines that have all of the words."""
    return [line for line in lines if all(word in line for word in words)]


def test_one_id_finds_the_request_and_all_that_followed_also_from_later_requests(stack: Stack) -> None:
    stage = set_stage(stack, 2, 13600000400, 2)
    patient, other = (Visitor(stack, person["phone"], person["patientId"]).log_in() for person in stage.people)
    asked = f"trace-{uuid4().hex}"
    patient.http.headers["X-Correlation-Id"] = asked
    booked = patient.book(stage.schedule_id)
    del patient.http.headers["X-Correlation-Id"]
    assert booked.headers["X-Correlation-Id"] == asked
    order_id = booked.json()["orderId"]
    others_id = other.book(stage.schedule_id).json()["orderId"]
    assert patient.scan(patient.open_payment(order_id).json()["codeUrl"]).status_code == 200
    eventually(lambda: only(trace(stack, asked), " on_sms queue sms done ", "kind=paid"))
    eventually(lambda: len(only(trace(stack, asked), " on_partner_call queue partner-calls done ")) >= 2)

    found = trace(stack, asked)
    own, origin = f"correlationId={asked}", f"originId={asked}"
    assert only(found, " booking POST /api/orders 201 ", own, f"location=/api/orders/{order_id}")
    assert only(found, " on_order_changed table orders done ", own, origin, f"keys={order_id}")
    assert only(found, " on_partner_call queue partner-calls done ", own, f"orderId={order_id}")
    # The notification of the payment is another request: what follows from it names the first as its origin.
    [sms] = only(found, " on_sms queue sms done ")
    assert own not in sms
    assert only([sms], origin, f"orderId={order_id}", "kind=paid")
    [cause] = [word for word in sms.split() if word.startswith("correlationId=")]
    assert only(found, " payment_notify POST /api/payments/wechat/notifications 204 ", cause)
    assert " booking POST /api/orders " in found[0]
    assert found == sorted(found, key=lambda line: line[:29])
    assert only(found, others_id) == []

    assert {*found} <= {*trace(stack, order_id)}
    unknown = control("trace", stack.folder, f"unknown-{uuid4().hex}")
    assert (unknown.returncode, unknown.stdout.count("\n")) == (1, 1)
