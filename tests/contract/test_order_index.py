"""The index of orders keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.order_index import READ_AT_MOST, DynamoOrderIndex
from guahao.adapters.dynamo.order_index_keys import SHARDS
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order, order_id_of, place
from guahao.domain.errors import Invalid
from guahao.domain.payment.payment import Trade, TradeState
from guahao.ports.booking.order_index import OrderIndex, OrderSearch
from guahao.ports.pages import Page
from tests.builders import altered, patient, schedule
from tests.fakes.booking import FakeOrders
from tests.fakes.orders import FakeOrderIndex

pytestmark = pytest.mark.slow

HOLD = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass
class Store:
    """An index with orders of a family of patients, hospitals and days that no other test uses."""

    index: OrderIndex
    write: Callable[[Sequence[Order]], object]
    family: str
    day: date

    @property
    def now(self) -> datetime:
        """Noon of Shanghai on the day before."""
        return datetime.combine(self.day - DAY, time(4), UTC)

    def order(self, n: int = 0, days: int = 0) -> Order:
        """Return an order as it was placed: the n-th minute, of one of two hospitals, names and phones."""
        own = patient(user_id=f"{self.family}{n % 5}")
        return place(
            schedule(hospital_code=self.hospital(n % 2), date=self.day + days * DAY),
            n,
            order_id=order_id_of(self.family, str(n)),
            patient=replace(own, name=f"{self.family}{'小大'[n // 2 % 2]}", phone_mark=self.phone(n % 3)),
            now=self.now + timedelta(minutes=n),
            hold=HOLD,
        )

    def hospital(self, n: int) -> str:
        return f"{self.family}-{n}"

    def phone(self, n: int) -> str:
        return f"phone-{self.family}-{n}"

    def add(self, number: int, days: int = 1) -> list[Order]:
        """Add so many orders: a third just placed, one paid, one cancelled; of so many days."""
        orders = [in_state(self.order(n, n % days), (None, "paid", "cancelled")[n // 4 % 3]) for n in range(number)]
        self.write(orders)
        return orders

    def pages(self, wanted: OrderSearch, limit: int) -> list[Page[Order]]:
        found = [self.index.find(wanted, limit, None)]
        while cursor := found[-1].next_cursor:
            assert len(found[-1].items) <= limit
            found.append(self.index.find(wanted, limit, cursor))
        return found

    def all(self, wanted: OrderSearch, limit: int = 20) -> list[Order]:
        """Return what all pages hold together."""
        return [order for page in self.pages(wanted, limit) for order in page.items]


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "dynamo":
        return dynamo_store(request.getfixturevalue("aws"))
    orders = FakeOrders()
    return Store(FakeOrderIndex(orders), lambda some: orders.orders.update({order.order_id: order for order in some}), *family())


def dynamo_store(aws: dict[str, str]) -> Store:
    def write(orders: Sequence[Order]) -> None:
        with OrderItem.batch_write() as batch:
            for order in orders:
                batch.save(OrderItem.from_domain(order, ""))

    return Store(DynamoOrderIndex(aws["ORDERS_TABLE"]), write, *family())


def family() -> tuple[str, date]:
    return f"林{uuid4().hex[:8]}", date(2100, 1, 1) + uuid4().int % 200_000 * DAY


def in_state(order: Order, state: str | None) -> Order:
    now = order.created_at + timedelta(seconds=1)
    if state == "paid":
        return order.open_payment(now).pay(Trade(order.order_id, TradeState.PAID, order.visit.fee_fen, "t", now), now)
    return order.cancel(Cause.CANCELLED_BY_USER, now) if state == "cancelled" else order


def latest_visit_first(orders: Sequence[Order]) -> list[Order]:
    return sorted(orders, key=lambda order: (order.visit.date, order.order_id), reverse=True)


def latest_placed_first(orders: Sequence[Order]) -> list[Order]:
    return sorted(orders, key=lambda order: (order.created_at, order.order_id), reverse=True)


def by_name(orders: Sequence[Order]) -> list[Order]:
    return sorted(latest_placed_first(orders), key=lambda order: order.holder.name, reverse=True)


def test_every_combination_of_filters_finds_exactly_those_that_fit(store: Store) -> None:
    own = store.add(36, days=3)
    keys = (
        {"name_prefix": store.family},
        {"name_prefix": f"{store.family}小"},
        {"phone_mark": store.phone(1), "user_id": f"{store.family}1"},
        {"phone_mark": store.phone(1)},
        {},
    )
    days = ((None, None), (store.day + DAY, None), (None, store.day + DAY), (store.day + DAY, store.day + DAY))
    for key, hospital, state, (first, last) in itertools.product(keys, ("", store.hospital(0)), (None, OrderState.PAID), days):
        if not key and not hospital and first is last:
            continue  # it would find what other tests have stored
        wanted = OrderSearch(hospital_code=hospital, state=state, first=first or store.day, last=last or store.day + 2 * DAY, **key)
        fitting = [order for order in own if wanted.fits(order)]
        order_of = by_name if wanted.name_prefix else latest_placed_first if wanted.by_phone else latest_visit_first
        assert store.all(wanted, 5) == list(store.index.each(wanted)) == order_of(fitting), wanted
        assert store.index.count(wanted, 100) >= len(fitting)


def test_an_order_is_found_by_its_number_if_the_rest_fits(store: Store) -> None:
    own = store.add(1)[0]
    assert store.index.find(OrderSearch(order_id=own.order_id, hospital_code=own.visit.hospital_code), 20, None) == Page([own], None)
    assert list(store.index.read([own.order_id, "a" * 26])) == [own]
    for missing in (OrderSearch(order_id=own.order_id, state=OrderState.PAID), OrderSearch(order_id="a" * 26)):
        assert store.index.find(missing, 20, None) == Page([], None)


@pytest.mark.parametrize("limit", [9, 100])
def test_pages_give_each_order_once(store: Store, limit: int) -> None:
    own = store.add(130)
    pages = store.pages(OrderSearch(first=store.day, last=store.day), limit)
    assert [order for page in pages for order in page.items] == latest_visit_first(own)
    assert {len(page.items) for page in pages[:-1]} == {limit}
    assert pages[-1].items


def test_the_latest_visits_of_all_come_first_when_nothing_is_asked_for(store: Store) -> None:
    last = replace(store, day=date(2999, 1, 1)).add(12)
    first_page = store.index.find(OrderSearch(), 7, None)
    assert first_page.items == latest_visit_first(last)[:7]
    assert store.index.find(OrderSearch(), 5, first_page.next_cursor).items == latest_visit_first(last)[7:]


def test_ids_are_those_of_a_state_and_of_days(store: Store) -> None:
    own = store.add(36, days=3)
    paid = {order.order_id for order in own if order.state is OrderState.PAID and order.visit.date != store.day}
    found = [order_id for order_id, _ in store.index.ids(OrderState.PAID, store.day + DAY, store.day + 2 * DAY)]
    assert (set(found), len(found)) == (paid, len(paid))


def test_unsettled_orders_are_those_that_changed_between_the_moments_and_wait_for_something(store: Store) -> None:
    waiting = store.order(1)
    cancelled_unheard = in_state(store.order(2), "cancelled")
    refunding = in_state(store.order(3), "paid").cancel(Cause.CANCELLED_BY_USER, store.now + timedelta(minutes=3, seconds=2))
    early, late = store.order(0), store.order(4)
    store.write([late, refunding, cancelled_unheard, waiting, early])
    found = store.index.outstanding(store.now + timedelta(seconds=1), store.now + timedelta(minutes=3, seconds=2))
    assert list(found) == [waiting, cancelled_unheard, refunding]


def test_a_settled_order_is_not_found_any_more(store: Store) -> None:
    order = store.order()
    store.write([order])
    moments = (store.now, store.now + DAY)
    assert list(store.index.outstanding(*moments)) == [order]
    done = in_state(order, "cancelled")
    store.write([replace(done, hospital_knows=done.hospital_knows.CANCELLED)])
    assert list(store.index.outstanding(*moments)) == []


def test_money_counts_on_the_day_of_shanghai_on_which_it_came_whatever_became_of_it(store: Store) -> None:
    midnight = datetime.combine(store.day - DAY, time(16), UTC)
    trades = {n: midnight + timedelta(seconds=at) for n, at in enumerate((-1, 0, 24 * 3600 - 1, 24 * 3600))}
    paid = [
        order.open_payment(store.now).pay(Trade(order.order_id, TradeState.PAID, order.visit.fee_fen, "t", trades[n]), store.now)
        for n, order in ((n, store.order(n)) for n in trades)
    ]
    paid[2] = paid[2].cancel(Cause.CANCELLED_BY_USER, store.now)
    store.write([*paid, store.order(4)])
    assert list(store.index.paid_on(store.day)) == sorted(paid[1:3], key=lambda order: order.order_id)


def test_a_refund_counts_on_the_day_of_shanghai_on_which_it_was_done_unless_by_hand(store: Store) -> None:
    midnight = datetime.combine(store.day - DAY, time(16), UTC)
    moments = {n: midnight + timedelta(seconds=at) for n, at in enumerate((-1, 0, 24 * 3600 - 1, 24 * 3600, 3600))}
    ended = {n: in_state(store.order(n), "paid").cancel(Cause.CANCELLED_BY_USER, store.now) for n in moments}
    back = [ended[n].refunded_by_hand(at) if n == 4 else ended[n].refunded(at) for n, at in moments.items()]
    store.write(back)
    assert list(store.index.refunded_on(store.day)) == sorted(back[1:3], key=lambda order: order.order_id)


@pytest.mark.parametrize("cursor", ["%%", "!", "Zm9v", "é", "\x00"])
def test_a_cursor_that_is_not_ours_is_refused(store: Store, cursor: str) -> None:
    searches = (OrderSearch(), OrderSearch(name_prefix="林"), OrderSearch(phone_mark="mark"), OrderSearch(order_id="a" * 26))
    for wanted in searches:
        with pytest.raises(Invalid) as refusal:
            store.index.find(wanted, 20, cursor)
        assert [fault["field"] for fault in refusal.value.errors] == ["cursor"]


def test_a_cursor_of_another_search_is_refused(aws: dict[str, str]) -> None:
    store = dynamo_store(aws)
    store.add(30)
    name, phone, day = OrderSearch(name_prefix=store.family), OrderSearch(phone_mark=store.phone(0)), OrderSearch(first=store.day)
    for one, other in ((name, day), (phone, day), (day, phone), (day, name), (name, OrderSearch(name_prefix="王"))):
        cursor = store.index.find(one, 2, None).next_cursor
        assert cursor
        with pytest.raises(Invalid):
            store.index.find(other, 2, cursor)


def test_an_order_that_the_index_still_has_in_its_former_state_is_left_out(aws: dict[str, str]) -> None:
    store = dynamo_store(aws)
    order = store.add(1)[0]
    OrderItem(order.order_id).update(actions=[OrderItem.state.set(OrderState.CANCELLED.value)])
    wanted = OrderSearch(state=OrderState.AWAITING_PAYMENT, first=store.day, last=store.day)
    assert list(store.index.ids(OrderState.AWAITING_PAYMENT, store.day, store.day)) == [(order.order_id, order.origin_id)]
    assert store.index.find(wanted, 20, None) == Page([], None)
    assert list(store.index.each(wanted)) == []


def test_the_requests_of_a_page_do_not_grow_with_the_orders_stored(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    store = dynamo_store(aws)
    searches = {
        OrderSearch(): len(OrderState) * SHARDS,
        OrderSearch(state=OrderState.PAID, first=store.day): SHARDS,
        OrderSearch(hospital_code=store.hospital(0)): len(OrderState),
        OrderSearch(hospital_code=store.hospital(0), state=OrderState.PAID): 1,
        OrderSearch(name_prefix=store.family, state=OrderState.PAID): 1,
        OrderSearch(phone_mark=store.phone(0), user_id=f"{store.family}0"): 2,
        OrderSearch(order_id=order_id_of(store.family, "0")): 0,
    }
    for stored in (30, 300):
        store.add(stored)
        for wanted, queries in searches.items():
            requests = count_requests()
            requests.clear()
            assert store.index.find(wanted, 5, None).items
            assert requests == ["Query"] * queries + ["BatchGetItem"], wanted


def test_a_page_reads_a_bounded_number_of_orders_that_do_not_fit(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    store = dynamo_store(aws)
    one = altered(store.order(), hospital_code=store.hospital(0))
    others = [altered(one, order_id=f"{n:026}", name=f"{one.holder.name}三") for n in range(2 * READ_AT_MOST)]
    rare = altered(one, hospital_code=store.hospital(1))
    store.write([*others, rare])
    requests = count_requests()
    pages = store.pages(OrderSearch(name_prefix=store.family, hospital_code=store.hospital(1)), 20)
    assert [page.items for page in pages] == [[], [], [rare]]
    assert requests == ["Query"] * 3 + ["BatchGetItem"]


def test_a_hospitals_orders_of_a_state_are_found_at_once_whatever_else_it_has(
    aws: dict[str, str], count_requests: Callable[[], list[str]]
) -> None:
    store = dynamo_store(aws)
    one = altered(store.order(), hospital_code=store.hospital(0))
    store.write(
        [*(altered(one, order_id=f"{n:026}", date=store.day + DAY) for n in range(READ_AT_MOST + 1)), rare := in_state(one, "paid")]
    )
    requests = count_requests()
    assert store.index.find(OrderSearch(hospital_code=store.hospital(0), state=OrderState.PAID), 20, None) == Page([rare], None)
    assert requests == ["Query", "BatchGetItem"]


def test_a_count_reads_no_more_than_it_may_tell(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    store = dynamo_store(aws)
    one = altered(store.order(), hospital_code=store.hospital(0))
    store.write([replace(one, order_id=f"{n:026}") for n in range(2 * READ_AT_MOST + 1)])
    wanted = OrderSearch(hospital_code=store.hospital(0), state=one.state)
    requests = count_requests()
    assert (store.index.count(wanted, 7), len(requests)) == (7, 1)
    assert (store.index.count(wanted, 5000), len(requests)) == (2 * READ_AT_MOST + 1, 4)
