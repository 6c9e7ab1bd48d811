"""What every store promises of an account's tally of unpaid holds, on DynamoDB and on the fake."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.booking.orders import Order
from guahao.domain.booking.unpaid import Tally, Unpaid, UnpaidEnd, note_silence
from guahao.domain.errors import NumberSoldOut, Unavailable, UnpaidHolds
from guahao.domain.versions import VersionConflict
from guahao.usecases.booking.booking import Booking
from tests.builders import NOW, schedule
from tests.contract.test_orders_store import HOLD, Store
from tests.contract.test_orders_store import store as store
from tests.fakes.booking import FakePool
from tests.fakes.clock import FakeClock

POLICY = BookingPolicy()


def placed(store: Store, number: int = 1) -> Order:
    """Place an order with its hold in the account's tally."""
    order = store.order(number)
    tally = store.orders.tally(store.user_id).add(order, store.ledger(), POLICY, NOW)
    store.orders.place(order, store.ledger(), tally)
    return order


def test_an_account_has_an_empty_tally_at_first(store: Store) -> None:
    assert store.orders.tally(store.user_id) == Tally() == store.read_booker(store.user_id, store.patient_id).tally


def test_a_hold_is_in_the_tally_with_its_order_and_read_with_who_books(store: Store) -> None:
    order = placed(store)
    tally = store.orders.tally(store.user_id)
    assert tally == Tally((Unpaid(order.order_id, store.schedule_id, "", order.hold_until),), 1)
    assert store.read_booker(store.user_id, store.patient_id).tally == tally


def test_a_tally_that_moved_since_it_was_read_stops_the_placing(store: Store) -> None:
    before = store.orders.tally(store.user_id)
    placed(store)
    with pytest.raises(VersionConflict):
        store.orders.place(store.order(2), store.ledger(), before)
    assert store.number(2).order_id == ""


def test_an_unpaid_end_is_in_tally_and_ledger_with_its_order(store: Store) -> None:
    order = placed(store)
    cancelled = order.cancel_by_user(NOW)
    tally = store.orders.tally(store.user_id)
    store.orders.move(order, cancelled, store.ledger().follow(cancelled), tally.follow(cancelled))
    assert [(one.order_id, one.ended_at) for one in store.orders.tally(store.user_id).entries] == [(order.order_id, NOW)]
    assert store.ledger().unpaid_ends == (UnpaidEnd(order.order_id, store.user_id, NOW),)


def test_a_tally_that_moved_since_it_was_read_stops_the_move(store: Store) -> None:
    order, before = placed(store), store.orders.tally(store.user_id)
    placed(store, 2)
    cancelled = order.cancel_by_user(NOW)
    with pytest.raises(VersionConflict):
        store.orders.move(order, cancelled, store.ledger().follow(cancelled), before.follow(cancelled))
    assert store.orders.get(order.order_id) == order
    assert store.ledger().unpaid_ends == ()


def test_an_order_keeps_that_its_provider_was_down(store: Store) -> None:
    order = placed(store)
    silent = note_silence(order, silent=True)
    store.orders.move(order, silent)
    assert store.orders.get(order.order_id) == silent


def test_a_ledger_keeps_who_has_proven_to_be_its_person(store: Store) -> None:
    order = store.order()
    store.orders.place(order, store.ledger().prove(store.user_id))
    assert store.ledger().proven_by == store.user_id
    assert not replace(Ledger("a"), proven_by="u1").is_empty


@pytest.mark.parametrize("store", ["dynamo"], indirect=True)
def test_many_requests_at_once_do_not_pass_a_limit_together(store: Store) -> None:
    """Two holds at once, whatever comes at the same moment."""
    offered = schedule(store.schedule_id)
    policy = BookingPolicy(per_day=99, per_week=99, per_quarter=99)
    shown = {f"{store.schedule_id}{n}": replace(offered, schedule_id=f"{store.schedule_id}{n}", department_code=str(n)) for n in range(6)}
    for schedule_id in shown:
        store.numbers.fit(schedule_id, 1)
    pool = FakePool()
    pool.down = True
    booking = Booking(store.orders, pool, store.read_booker, lambda _: shown, store.numbers.of, FakeClock(NOW), policy, HOLD)

    def book(schedule_id: str) -> bool:
        try:
            booking.book(store.user_id, store.patient_id, schedule_id, schedule_id)
        except (UnpaidHolds, Unavailable, NumberSoldOut):
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        booked = sum(threads.map(book, shown))
    entries = store.orders.tally(store.user_id).entries
    assert booked == len(entries) == 2


@pytest.mark.parametrize("store", ["dynamo"], indirect=True)
def test_a_refusal_costs_the_two_reads_of_every_refusal(store: Store, count_requests: Callable[[], list[str]]) -> None:
    for number in (1, 2):
        placed(store, number)
    pool = FakePool()
    pool.build(schedule(store.schedule_id), store.numbers.of(store.schedule_id), 0)
    booking = Booking(store.orders, pool, store.read_booker, lambda _: {}, store.numbers.of, FakeClock(NOW), POLICY, HOLD)
    requests = count_requests()
    with pytest.raises(UnpaidHolds):
        booking.book(store.user_id, store.patient_id, store.schedule_id, "a")
    assert requests == ["BatchGetItem", "GetItem"]
