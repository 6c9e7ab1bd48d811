from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from guahao.contracts.queries import RegistrationQuery
from guahao.domain.administration.audit_log import AuditEntry, SealedEntry
from guahao.domain.booking.orders import Order, order_id_of, place
from guahao.domain.errors import Invalid, NotFound, Unavailable
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.payment.payment import Trade, TradeState
from guahao.usecases.booking.orders_admin import OrdersAdmin
from guahao.usecases.people.login import user_id_of_phone
from guahao.usecases.people.sealing import phone_mark
from tests.builders import NOW, VISIT, patient, schedule
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.vault import FakeVault

FATHER, DAUGHTER = "13800000001", "13800000002"


class House:
    """The orders over fakes."""

    def __init__(self) -> None:
        self.store = FakeOrders()
        self.log = FakeAuditLog()
        self.service = OrdersAdmin(FakeOrderIndex(self.store), self.log, FakeVault(), FakeClock(NOW), {"10001", "10003"}.__contains__)

    def booked(self, name: str = "林三", user: str = FATHER, phone: str = FATHER, visit: date = VISIT, hospital: str = "10001") -> Order:
        """Add an order that the account of a phone placed for a patient with a phone."""
        number = len(self.store.orders)
        booked_for = patient(user_id=user_id_of_phone(FakeVault(), user))
        order = place(
            schedule(hospital_code=hospital, date=visit),
            number,
            order_id=order_id_of(booked_for.user_id, str(number)),
            patient=replace(booked_for, name=name, phone_mark=phone_mark(FakeVault(), phone)),
            now=NOW + timedelta(minutes=number),
            hold=timedelta(minutes=15),
        )
        self.store.orders[order.order_id] = order
        return order

    def found(
        self, text: str = "", hospital_code: str = "", state: str | None = None, first: date | None = None, last: date | None = None
    ) -> list[Order]:
        query = RegistrationQuery(q=text, hospital_code=hospital_code, status=state, first=first, last=last)
        return self.service.find("o1", query).items


@pytest.fixture
def house() -> House:
    return House()


def test_an_order_is_found_by_its_id(house: House) -> None:
    house.booked()
    order = house.booked()
    assert house.found(order.order_id) == house.found(f" {order.order_id} ") == [order]
    assert house.found("a" * 26) == []


def test_a_phone_finds_what_its_user_booked_and_what_was_booked_for_its_patients_each_once(house: House) -> None:
    own, for_daughter = house.booked(), house.booked(phone=DAUGHTER)
    by_daughter = house.booked(user=DAUGHTER, phone=DAUGHTER)
    assert house.found(FATHER) == [for_daughter, own]
    assert house.found(DAUGHTER) == [by_daughter, for_daughter]
    assert house.found("13800000003") == []


@pytest.mark.parametrize("text", ["1380000000", "138****0001", "１３８０００００００１", "三"])
def test_part_of_a_phone_or_the_middle_of_a_name_finds_nothing(house: House, text: str) -> None:
    house.booked()
    assert house.found(text) == []


def test_a_name_is_found_by_how_it_begins(house: House) -> None:
    third, _, thirteenth = house.booked("林三"), house.booked("王三"), house.booked("林三十")
    assert house.found("林三") == [thirteenth, third]


def test_every_filter_leaves_what_fits(house: House) -> None:
    order = house.booked()
    other = house.booked("林四", DAUGHTER, DAUGHTER, VISIT + timedelta(days=1), "10002")
    assert house.found() == [other, order]
    for text in ("", FATHER, "林", order.order_id):
        assert house.found(text, "10001", "awaitingPayment", VISIT, VISIT) == [order]
        assert house.found(text, "10003") == []
        assert house.found(text, "10001", "paid") == []
        assert house.found(text, "10001", first=VISIT + timedelta(days=1)) == []
        assert house.found(text, "10001", last=VISIT - timedelta(days=1)) == []


def test_days_in_the_wrong_order_are_refused(house: House) -> None:
    for text in ("", "林", FATHER, "a" * 26):
        with pytest.raises(Invalid) as refusal:
            house.found(text, first=VISIT, last=VISIT - timedelta(days=1))
        assert [fault["field"] for fault in refusal.value.errors] == ["from"]


def test_one_order_is_looked_at_and_another_is_not_there(house: House) -> None:
    order = house.booked()
    assert house.service.get(order.order_id) == order
    with pytest.raises(NotFound):
        house.service.get("a" * 26)


def test_whoever_reads_many_orders_is_in_the_audit_log_and_no_patient(house: House) -> None:
    for _ in range(2):
        house.booked()
    house.found()
    house.found("林", "10001", "awaitingPayment", VISIT, VISIT)
    assert [sealed.entry for sealed in house.log.entries] == [
        AuditEntry("o1", "orders.read", "all hospitals", "2 orders"),
        AuditEntry("o1", "orders.read", "10001", f"2 orders, from {VISIT}, to {VISIT}, awaitingPayment, by name"),
    ]


def test_whoever_looks_for_one_order_or_one_phone_or_finds_none_is_not(house: House) -> None:
    order = house.booked()
    for text in (order.order_id, FATHER, "王"):
        house.found(text)
    house.service.get(order.order_id)
    assert house.log.entries == []


def test_nothing_is_read_that_could_not_be_noted(house: House) -> None:
    class Silent(FakeAuditLog):
        def append(self, entry: AuditEntry, now: datetime) -> SealedEntry:
            raise Unavailable("The audit log does not answer.")

    house.booked()
    with pytest.raises(Unavailable):
        replace(house.service, log=Silent()).find("o1", RegistrationQuery())


def test_operators_list_what_is_paid_and_unconfirmed(house: House) -> None:
    unpaid, waiting, confirmed = house.booked(), house.booked(), house.booked()
    for order in (waiting, confirmed):
        paid = order.open_payment(NOW).pay(Trade(order.order_id, TradeState.PAID, order.visit.fee_fen, "t", NOW), NOW)
        house.store.orders[order.order_id] = paid
    house.store.orders[confirmed.order_id] = house.store.orders[confirmed.order_id].with_record(HospitalRecord("r1", NOW, "一楼"))
    found = house.service.find("o1", RegistrationQuery.model_validate({"unconfirmed": "true"})).items
    assert [order.order_id for order in found] == [waiting.order_id]
    assert unpaid.order_id in {order.order_id for order in house.found()}
    assert "unconfirmed" in house.log.entries[0].entry.reason


def test_a_hospital_that_is_not_there_is_not_found_but_one_without_orders_is_and_a_removed_one_with_orders() -> None:
    house = House()
    order = house.booked(hospital="10002")
    assert house.service.find("operator", RegistrationQuery(hospital_code="10001")).items == []
    assert house.service.find("operator", RegistrationQuery(hospital_code="10002")).items == [order]
    with pytest.raises(NotFound):
        house.service.find("operator", RegistrationQuery(hospital_code="10004"))
