"""Attendance: a hospital reports that a patient came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order, place
from guahao.domain.errors import NotFound, OrderStateConflict
from guahao.domain.payment.payment import Payment, PaymentState
from guahao.usecases.booking.attendance import Attendance
from tests.builders import AT_VISIT, NOW, patient, schedule
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock
from tests.publishing import CODE, OTHER


def attending(state: OrderState) -> tuple[Attendance, FakeOrders, Order]:
    offered, hold = schedule(hospital_code=CODE), timedelta(minutes=15)
    booked = place(offered, 1, order_id="o1", patient=patient(), now=NOW, hold=hold)
    order = replace(booked, state=state, payment=Payment(PaymentState.PAID))
    orders = FakeOrders()
    orders.orders["o1"] = order
    return Attendance(orders, FakeClock(AT_VISIT)), orders, order


def test_a_patient_came_once_however_often_it_is_told() -> None:
    attendance, orders, _ = attending(OrderState.PAID)
    for _ in range(2):
        assert attendance.check_in(CODE, "o1").state is OrderState.CHECKED_IN
    assert [step.cause for step in orders.orders["o1"].timeline][-1:] == [Cause.ATTENDED]
    assert orders.writes == 1


@pytest.mark.parametrize("code", [OTHER, "100", ""])
def test_another_hospitals_order_is_not_there(code: str) -> None:
    attendance, orders, order = attending(OrderState.PAID)
    for order_id in ("o1", "o2"):
        with pytest.raises(NotFound):
            attendance.check_in(code, order_id)
    assert orders.orders["o1"] == order


def test_an_unpaid_order_is_not_attended() -> None:
    attendance, _, _ = attending(OrderState.AWAITING_PAYMENT)
    with pytest.raises(OrderStateConflict):
        attendance.check_in(CODE, "o1")
