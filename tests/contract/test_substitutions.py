"""A substitution on real servers, through its function: orders are read back as they were written, and found by their refunds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from infra.functions import load_handler

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.order_index import DynamoOrderIndex
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.booking.ledger import Ledger
from guahao.domain.booking.orders import place
from guahao.domain.booking.refunds import decide_part, returned
from guahao.domain.booking.substitutions import Substitute, substitute
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.payment.payment import Trade, TradeState
from guahao.domain.time import shanghai_date
from guahao.runtime.correlation import trace
from guahao.usecases.booking.bookable import bookable_schedules
from tests.builders import NOW, hospital, patient
from tests.builders import schedule as bookable
from tests.fakes.booking import FakeOrders
from tests.fakes.orders import FakeOrderIndex
from tests.functions import forget_use_cases, sample_event

HOLD, UNHEARD = timedelta(minutes=15), timedelta(minutes=10)


def test_the_orders_of_a_schedule_name_the_substitute_soon_after(
    aws: dict[str, str], mongo_url: str, mongodb_secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_SECRET", mongodb_secret)
    monkeypatch.setenv("SUBSTITUTION_UNHEARD_SECONDS", "600")
    forget_use_cases()
    code, visit = uuid4().hex[:8], shanghai_date(utc_now()) + timedelta(days=2)
    shared = Schedule(
        schedule_id_of(code, "a"), code, "a", "0101", visit, HalfDay.MORNING, "主任医师", "林一", "", 5000, 2, ScheduleState.OPEN
    )
    catalog, numbers = MongoCatalog(mongo_database(mongo_url)), DynamoNumbers(aws["NUMBERS_TABLE"])
    catalog.put_hospital(hospital(code))
    catalog.put_departments([Department(code, "0101", "心内科", "01", "内科")])
    catalog.put_schedules([shared])
    numbers.fit(shared.schedule_id, 2)
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    booked = bookable_schedules(catalog, [shared.schedule_id])[shared.schedule_id]
    order = place(booked, 1, order_id=uuid4().hex, patient=patient(uuid4().hex), now=utc_now(), hold=HOLD)
    orders.place(order, Ledger(order.holder.person))
    catalog.put_schedules([replace(shared, doctor_name="林二", title="副主任医师", fee_fen=3000)])
    event = sample_event("on_substitution", "substituted")
    event["Records"][0]["body"] = json.dumps({"version": 1, "scheduleId": shared.schedule_id})
    for _ in range(2):
        assert load_handler("on_substitution")(event, None)["batchItemFailures"] == []
    found = orders.get(order.order_id)
    assert found is not None
    assert (found.visit.doctor_name, found.visit.title, found.visit.fee_fen, found.version) == ("林二", "副主任医师", 3000, 2)
    assert [(one.doctor_name, one.title, one.fee_fen) for one in found.substitutions] == [("林一", "主任医师", 5000)]


@pytest.mark.parametrize("kind", ["fake", "dynamo"])
def test_an_order_that_gave_a_part_back_is_read_as_it_was_written_and_found_on_that_day(kind: str, aws: dict[str, str]) -> None:
    fake = FakeOrders()
    store = fake if kind == "fake" else DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    index = FakeOrderIndex(fake) if kind == "fake" else DynamoOrderIndex(aws["ORDERS_TABLE"])
    schedule_id, order_id = uuid4().hex, uuid4().hex
    fake.add_numbers(schedule_id, 1)
    DynamoNumbers(aws["NUMBERS_TABLE"]).fit(schedule_id, 1)
    placed = place(bookable(schedule_id), 1, order_id=order_id, patient=patient(uuid4().hex), now=NOW, hold=HOLD)
    store.place(placed, Ledger(placed.holder.person))
    order = placed.open_payment(NOW)
    store.move(placed, order)
    later = NOW + timedelta(days=1)
    for move in (
        lambda o: o.pay(Trade(order_id, TradeState.PAID, 5000, "t1", NOW), NOW),
        lambda o: substitute(o, Substitute("林二", "", 3000, NOW), NOW, UNHEARD),
        lambda o: decide_part(o, later),
        lambda o: returned(o, f"{order_id}P1", later),
    ):
        before, order = order, move(order)
        store.move(before, order)
        found = store.get(order_id)
        assert found is not None
        assert replace(found, origin_id="") == order
    days = [NOW, later]
    assert [order_id in [found.order_id for found in index.refunded_on(shanghai_date(day))] for day in days] == [False, True]
