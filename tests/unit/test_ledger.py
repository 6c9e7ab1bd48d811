"""The caps on a patient's bookings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order, place
from guahao.domain.errors import BookingCapReached, DuplicateBooking
from tests.builders import NOW, VISIT, altered, patient, schedule

POLICY = BookingPolicy()
TODAY = NOW.date()


def order(order_id: str, day: date = VISIT, department: str = "0101", hospital: str = "10001") -> Order:
    new = place(schedule(), 1, order_id=order_id, patient=patient(), now=NOW, hold=timedelta(minutes=15))
    return altered(new, date=day, department_code=department, hospital_code=hospital)


def ledger(*orders: Order) -> Ledger:
    found = Ledger(patient().person)
    for booked in orders:
        found = found.add(booked, POLICY, TODAY)
    return found


def test_one_booking_a_day_and_department() -> None:
    with pytest.raises(DuplicateBooking):
        ledger(order("o1"), order("o2"))


def test_a_booking_of_another_account_in_the_way_is_told_like_a_full_day() -> None:
    booked = ledger(altered(order("o1"), user_id="u2", patient_id="of-another-account"))
    with pytest.raises(BookingCapReached) as unknown:
        booked.add(order("o2"), POLICY, TODAY)
    with pytest.raises(BookingCapReached) as full:
        ledger(order("o1"), order("o2", department="2"), order("o3", department="3"))
    assert (unknown.value.rule, unknown.value.detail) == (full.value.rule, full.value.detail)


def test_the_same_department_code_of_another_hospital_is_another_department() -> None:
    assert len(ledger(order("o1"), order("o2", hospital="100010")).bookings) == 2


def test_two_bookings_a_day() -> None:
    with pytest.raises(BookingCapReached) as refusal:
        ledger(order("o1"), order("o2", department="2"), order("o3", department="3"))
    assert refusal.value.rule == "perDay@2026-2"


@pytest.mark.parametrize("apart", [0, 3, 6])
def test_three_bookings_in_any_seven_days_before_or_after(apart: int) -> None:
    days = [VISIT, VISIT + timedelta(days=apart), VISIT + timedelta(days=apart)]
    booked = ledger(*(order(f"o{n}", day, department=str(n)) for n, day in enumerate(days[: 2 if apart == 0 else 3])))
    if apart == 0:
        booked = booked.add(order("o2", VISIT + timedelta(days=1), "2"), POLICY, TODAY)
    with pytest.raises(BookingCapReached):
        booked.add(order("o9", VISIT + timedelta(days=5), "9"), POLICY, TODAY)


def test_a_fourth_booking_is_possible_when_seven_days_are_over() -> None:
    booked = ledger(*(order(f"o{n}", VISIT + timedelta(days=n), str(n)) for n in range(3)))
    assert booked.add(order("o9", VISIT + timedelta(days=8)), POLICY, TODAY)


def test_five_bookings_in_three_months() -> None:
    booked = ledger(*(order(f"o{n}", VISIT + timedelta(days=10 * n)) for n in range(5)))
    with pytest.raises(BookingCapReached) as refusal:
        booked.add(order("o9", VISIT + timedelta(days=60)), POLICY, TODAY)
    assert refusal.value.rule == "perQuarter@2026-2"
    assert booked.add(order("o9", VISIT + timedelta(days=93 + 9)), POLICY, TODAY)


def test_a_released_booking_counts_no_more() -> None:
    cancelled = order("o1").cancel(Cause.CANCELLED_BY_USER, NOW)
    assert ledger(order("o1")).follow(cancelled).add(order("o2"), POLICY, TODAY).bookings[0].order_id == "o2"


def test_bookings_older_than_any_cap_are_dropped() -> None:
    old = ledger(order("o1", TODAY - timedelta(days=92)))
    assert [b.order_id for b in old.add(order("o2"), POLICY, TODAY).bookings] == ["o2"]


def test_the_caps_are_configuration() -> None:
    strict = BookingPolicy(version="strict", per_day=1)
    with pytest.raises(BookingCapReached, match="1 bookings in 1 day"):
        ledger(order("o1")).add(order("o2", department="2"), strict, TODAY)
