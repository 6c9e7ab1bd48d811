"""The end of a suspended schedule on real servers, through its function: booked into at the same time, and killed between its writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from infra.functions import load_handler
from redis import Redis

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.base import StoreConnection
from guahao.adapters.dynamo.ledgers import LedgerItem
from guahao.adapters.dynamo.notices import DynamoOffers, OfferItem
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.adapters.redis.number_pool import RedisNumberPool
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.errors import NumberSoldOut, ScheduleSuspended
from guahao.domain.hospitals.suspensions import Offer, offer_of
from guahao.domain.time import shanghai_date
from guahao.ports.booking.orders import Booker
from guahao.ports.notices.offers import Offers
from guahao.runtime.correlation import trace
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.booking.booking import Booking
from tests.builders import VISIT, hospital, patient, user
from tests.fakes.suspensions import FakeOffers
from tests.functions import forget_use_cases, sample_event

pytestmark = pytest.mark.slow

PATIENTS = 6


@pytest.fixture(params=["fake", "dynamo"])
def offers(request: pytest.FixtureRequest) -> Offers:
    if request.param == "fake":
        return FakeOffers()
    return DynamoOffers(request.getfixturevalue("aws")["NOTICES_TABLE"])


OFFERED = [
    Offer("s2", VISIT, HalfDay.AFTERNOON, "主任医师", "林九"),
    Offer("s3", VISIT, HalfDay.MORNING, "专家门诊", ""),
    None,
]


@pytest.mark.parametrize("offer", OFFERED)
@pytest.mark.parametrize("later", OFFERED)
def test_what_was_offered_first_stays(offers: Offers, offer: Offer | None, later: Offer | None) -> None:
    schedule_id = uuid4().hex
    for given in (offer, later):
        offers.put(schedule_id, given)
        assert offers.get(schedule_id) == offer


def test_of_a_schedule_that_is_held_nothing_is_offered(offers: Offers) -> None:
    assert offers.get(uuid4().hex) is None


def test_an_offer_is_forgotten_one_day(aws: dict[str, str]) -> None:
    schedule_id = uuid4().hex
    DynamoOffers(aws["NOTICES_TABLE"]).put(schedule_id, None)
    expires = OfferItem.get(f"offer/{schedule_id}").expires
    assert timedelta(days=14) < expires - utc_now() < timedelta(days=31)


@dataclass
class Hall:
    """A hospital with a schedule and another one, and people who book the first."""

    catalog: MongoCatalog
    pool: RedisNumberPool
    booking: Booking
    offers: DynamoOffers
    lost: Schedule
    other: Schedule

    def register(self, person: str) -> str:
        someone = patient(person, person)
        LedgerItem.from_domain(Ledger(someone.person).register(someone)).save()
        return person

    def book(self, person: str) -> Order | None:
        with suppress(NumberSoldOut, ScheduleSuspended):
            return self.booking.book(person, person, self.lost.schedule_id, "once")
        return None

    def suspend(self) -> None:
        """Do as the gateway does: the catalogue first, then the message."""
        self.catalog.put_schedules([replace(self.lost, state=ScheduleState.SUSPENDED)])
        assert self.handle() == []

    def handle(self) -> list[Any]:
        """Have the function take the message, and return what failed."""
        event = sample_event("on_suspension", "suspended")
        event["Records"][0]["body"] = json.dumps({"version": 1, "scheduleId": self.lost.schedule_id})
        failures: list[Any] = load_handler("on_suspension")(event, None)["batchItemFailures"]
        return failures

    def build_pool(self) -> None:
        ids = [self.lost.schedule_id]
        self.pool.build(self.booking.read_schedules(ids)[ids[0]], self.booking.read_numbers(ids[0]), *self.pool.epochs(ids))

    def require_nobody_has_a_number(self, orders: list[Order]) -> None:
        for order in orders:
            found = self.booking.orders.get(order.order_id)
            assert found is not None
            assert (found.state, found.cancelled_for) == (OrderState.CANCELLED, Cause.SCHEDULE_SUSPENDED)
            assert self.booking.orders.ledger(order.holder.person).bookings == ()
        assert {(n.state.value, n.order_id) for n in self.booking.read_numbers(self.lost.schedule_id)} == {("closed", "")}


@pytest.fixture
def hall(
    aws: dict[str, str], mongo_url: str, mongodb_secret: str, redis_url: str, redis_secret: str, monkeypatch: pytest.MonkeyPatch
) -> Hall:
    variables = {"MONGODB_SECRET": mongodb_secret, "REDIS_SECRET": redis_secret, "SUSPENSIONS_QUEUE": "http://127.0.0.1:1/none"}
    variables["SUBSTITUTIONS_QUEUE"] = variables["SUSPENSIONS_QUEUE"]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    forget_use_cases()
    code, visit = uuid4().hex[:8], shanghai_date(utc_now()) + timedelta(days=2)
    given = (HalfDay.MORNING, "主任医师", "林一", "", 5000, PATIENTS, ScheduleState.OPEN)
    lost, other = (Schedule(schedule_id_of(code, own_id), code, own_id, "0101", visit, *given) for own_id in ("lost", "other"))
    catalog, numbers = MongoCatalog(mongo_database(mongo_url)), DynamoNumbers(aws["NUMBERS_TABLE"])
    catalog.put_hospital(hospital(code))
    catalog.set_online(code, True)
    catalog.put_departments([Department(code, "0101", "心内科", "01", "内科")])
    catalog.put_schedules([lost, other])
    for schedule in (lost, other):
        numbers.fit(schedule.schedule_id, PATIENTS)
    pool = RedisNumberPool(Redis.from_url(redis_url, decode_responses=True))
    booking = Booking(
        DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace),
        pool,
        lambda user_id, patient_id: Booker(user(user_id), patient(patient_id, user_id)),
        lambda ids: bookable_schedules(catalog, ids),
        numbers.of,
        utc_now,
        BookingPolicy(),
        timedelta(minutes=15),
    )
    return Hall(catalog, pool, booking, DynamoOffers(aws["NOTICES_TABLE"]), lost, other)


@pytest.mark.parametrize("built", [False, True] * 4)
def test_who_books_while_the_schedule_is_suspended_is_refused_or_cancelled_with_the_others(hall: Hall, built: bool) -> None:
    people = [hall.register(f"{hall.lost.hospital_code}-{n}") for n in range(PATIENTS)]
    first = [order for person in people[:2] if (order := hall.book(person))]
    assert len(first) == 2
    if built:
        hall.build_pool()
    start = Barrier(PATIENTS - 1)

    def at_once(act: Callable[[], Any]) -> Any:
        start.wait()
        return act()

    with ThreadPoolExecutor(PATIENTS - 1) as threads:
        acts = [hall.suspend, *(lambda person=person: hall.book(person) for person in people[2:])]
        done = list(threads.map(at_once, acts))
    hall.require_nobody_has_a_number([*first, *(order for order in done if order)])
    assert hall.offers.get(hall.lost.schedule_id) == offer_of(hall.other)
    hall.build_pool()
    assert hall.book(hall.register(f"{hall.lost.hospital_code}-late")) is None


class Killed(Exception):
    """The process is gone."""


def test_killed_between_any_two_of_its_requests_it_is_finished_by_the_next_run(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [order for n in range(3) if (order := hall.book(hall.register(f"{hall.lost.hospital_code}-{n}")))]
    hall.catalog.put_schedules([replace(hall.lost, state=ScheduleState.SUSPENDED)])
    left = 0
    send = StoreConnection._make_api_call

    def send_or_die(self: StoreConnection, operation: str, values: dict[str, Any]) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return send(self, operation, values)

    monkeypatch.setattr(StoreConnection, "_make_api_call", send_or_die)
    # Each run gets one request further than the one before, from whatever that one left.
    for survived in range(40):
        left = survived
        if not hall.handle():
            break
    else:
        pytest.fail("it never ends")
    left = 10_000
    assert len(orders) == 3
    hall.require_nobody_has_a_number(orders)
    assert hall.offers.get(hall.lost.schedule_id) == offer_of(hall.other)
