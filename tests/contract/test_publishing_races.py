"""Publishing and booking at once, and publishing that dies among its numbers, in DynamoDB and Redis."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis

from guahao.adapters.dynamo.base import StoreConnection
from guahao.adapters.dynamo.ledgers import LedgerItem
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.adapters.redis.number_pool import RedisNumberPool
from guahao.adapters.redis.partners import RedisPublicationLock
from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Order, place
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.errors import Conflict, NotFound, NumberSoldOut, ScheduleClosed
from guahao.ports.booking.orders import Booker, NumberTaken
from guahao.runtime.correlation import trace
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.booking.booking import Booking
from guahao.usecases.hospitals.partner_schedules import PartnerSchedules
from guahao.usecases.hospitals.publication_order import PublicationOrder
from tests.builders import NOW, hospital, patient, schedule, schedule_entry, user
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock
from tests.fakes.outbox import FakeOutbox
from tests.fakes.partners import FakePublications

pytestmark = pytest.mark.slow

ROUNDS = (False, True) * 4
PATIENTS = 6


@dataclass
class Hall:
    """A hospital with one schedule, and people who book there."""

    code: str
    publishing: PartnerSchedules
    booking: Booking

    @property
    def schedule_id(self) -> str:
        return schedule_id_of(self.code, "a")

    def publish(self, **changes: Any) -> None:
        self.publishing.publish_schedules(self.code, [schedule_entry(**changes)])

    def register(self, person: str) -> str:
        someone = patient(person, person)
        LedgerItem.from_domain(Ledger(someone.person).register(someone)).save()
        return person

    def book(self, person: str) -> Order | None:
        with suppress(NumberSoldOut, ScheduleClosed, NotFound):
            return self.booking.book(person, person, self.schedule_id, "once")
        return None

    def states(self) -> list[str]:
        return [number.state.value for number in self.publishing.numbers.of(self.schedule_id)]

    def race(self, act: Callable[[], object], built: bool) -> list[Order]:
        """Let everybody book while the hospital acts, and return the orders that were placed: with their pool built, those who book win."""
        start = Barrier(PATIENTS + 1)
        people = [self.register(f"{self.code}-{n}") for n in range(PATIENTS)]
        if built:
            ids, pool = [self.schedule_id], self.publishing.pool
            pool.build(self.booking.read_schedules(ids)[ids[0]], self.publishing.numbers.of(ids[0]), *pool.epochs(ids))

        def book(person: str) -> Order | None:
            start.wait()
            return self.book(person)

        def publish() -> None:
            start.wait()
            act()

        with ThreadPoolExecutor(PATIENTS + 1) as threads:
            published = threads.submit(publish)
            orders = [order for order in threads.map(book, people) if order]
            published.result()
        return orders

    def require_each_order_its_number(self, orders: list[Order]) -> None:
        held = {number.number: number.order_id for number in self.publishing.numbers.of(self.schedule_id) if number.order_id}
        assert held == {order.visit.number: order.order_id for order in orders}


@pytest.fixture
def hall(aws: dict[str, str], redis_url: str) -> Hall:
    code, catalog, clock = uuid4().hex[:8], FakeCatalog(), FakeClock(NOW)
    catalog.put_hospital(hospital(code))
    catalog.set_online(code, True)
    catalog.put_departments([Department(code, "0101", "心内科", "01", "内科")])
    numbers, redis = DynamoNumbers(aws["NUMBERS_TABLE"]), Redis.from_url(redis_url, decode_responses=True)
    pool = RedisNumberPool(redis)
    booking = Booking(
        DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace),
        pool,
        lambda user_id, patient_id: Booker(user(user_id), patient(patient_id, user_id)),
        lambda ids: bookable_schedules(catalog, ids),
        numbers.of,
        clock,
        BookingPolicy(),
        timedelta(minutes=15),
    )
    order = PublicationOrder(FakePublications(), clock)
    return Hall(code, PartnerSchedules(catalog, numbers, pool, FakeOutbox(), RedisPublicationLock(redis), order, clock), booking)


@pytest.mark.parametrize("built", ROUNDS)
def test_a_lower_total_takes_no_number_from_who_has_it_and_sells_none_while_more_are_sold(hall: Hall, built: bool) -> None:
    hall.publish(total=5)
    orders = hall.race(lambda: hall.publish(total=2), built)
    hall.require_each_order_its_number(orders)
    assert hall.states().count("free") == max(0, 2 - len(orders))
    later = [order for n in range(3) if (order := hall.book(hall.register(f"{hall.code}-later{n}")))]
    assert len(later) == max(0, 2 - len(orders))
    hall.require_each_order_its_number(orders + later)
    for order in orders + later:
        hall.booking.cancel(order.user_id, order.order_id)
        assert hall.states().count("free") <= 2
    hall.publish(total=2)
    assert hall.states().count("free") == 2


@pytest.mark.parametrize("built", ROUNDS)
def test_the_last_number_is_either_booked_or_closed(hall: Hall, built: bool) -> None:
    hall.publish(total=1)
    orders = hall.race(lambda: hall.publish(state="closed"), built)
    assert len(orders) <= 1
    hall.require_each_order_its_number(orders)
    assert hall.states() == (["held"] if orders else ["closed"])
    assert hall.book(hall.register(f"{hall.code}-late")) is None


@pytest.mark.parametrize("built", ROUNDS)
def test_a_schedule_is_removed_or_somebody_has_booked_it(hall: Hall, built: bool) -> None:
    hall.publish(total=2)
    refused: list[Conflict] = []

    def remove() -> None:
        try:
            hall.publishing.remove_schedule(hall.code, "a")
        except Conflict as conflict:
            refused.append(conflict)

    orders = hall.race(remove, built)
    hall.require_each_order_its_number(orders)
    if refused:
        assert orders
        assert "closed" not in hall.states()
    else:
        assert orders == []
        assert hall.states() == ["closed", "closed"]
    assert (hall.publishing.catalog.schedule(hall.schedule_id) is None) is not bool(refused)


def test_a_withdrawn_number_cannot_be_placed_even_by_who_believes_it_is_free(hall: Hall) -> None:
    hall.publish(total=2)
    hall.publish(total=1)
    person = patient(uuid4().hex)
    order = place(schedule(hall.schedule_id), 2, order_id=uuid4().hex, patient=person, now=NOW, hold=timedelta(minutes=15))
    with pytest.raises(NumberTaken):
        hall.booking.orders.place(order, hall.booking.orders.ledger(person.person))


class Killed(Exception):
    """The process is gone."""


@pytest.mark.parametrize(("before", "after"), [(0, 250), (3, 0), (3, 1), (1, 3), (0, 0)])
def test_killed_between_any_two_of_its_writes_the_numbers_fit_once_it_is_repeated(
    hall: Hall, before: int, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, left = hall.publishing.numbers, 0
    send = StoreConnection._make_api_call

    def send_or_die(self: StoreConnection, operation: str, values: dict[str, Any]) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return send(self, operation, values)

    monkeypatch.setattr(StoreConnection, "_make_api_call", send_or_die)
    for survived in range(20):
        schedule_id, left = uuid4().hex, 10_000
        numbers.fit(schedule_id, 3)
        numbers.fit(schedule_id, before)
        left = survived
        try:
            numbers.fit(schedule_id, after)
        except Killed:
            left = 10_000
            numbers.fit(schedule_id, after)
        else:
            left = 10_000
            assert survived > 0
            break
        free = [number.number for number in numbers.of(schedule_id) if number.state is NumberState.FREE]
        assert free == list(range(1, after + 1))
    else:
        pytest.fail("it takes too many requests")
