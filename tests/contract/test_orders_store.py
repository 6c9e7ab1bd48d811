"""What every store of orders promises, on DynamoDB and on the fake."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.accounts import UserItem
from guahao.adapters.dynamo.bookers import DynamoBookers
from guahao.adapters.dynamo.ledgers import LedgerItem
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.adapters.dynamo.patient_item import PatientItem
from guahao.domain.booking.ledger import BookingPolicy, Ledger, NoShow
from guahao.domain.booking.order_states import Cause, NumberState, OrderState
from guahao.domain.booking.orders import Number, Order, place
from guahao.domain.errors import Invalid
from guahao.domain.hospitals.partner_calls import HospitalKnows, HospitalRecord
from guahao.domain.payment.payment import PaymentState, Trade, TradeState
from guahao.domain.versions import VersionConflict
from guahao.ports.booking.orders import Booker, NumberTaken, OrderExists, OrderFilter, Orders, ReadBooker
from guahao.ports.hospitals.partners import NumberItems
from guahao.runtime.correlation import trace
from tests.builders import NOW, patient, schedule, user
from tests.fakes.booking import FakeOrders

HOLD = timedelta(minutes=15)


@dataclass
class Store:
    """A store with one user, one patient and a schedule of three numbers, none of which another test knows."""

    orders: Orders
    read_booker: ReadBooker
    numbers: NumberItems
    user_id: str
    patient_id: str
    schedule_id: str

    def order(self, number: int = 1, order_id: str = "", **changes: object) -> Order:
        return place(
            schedule(self.schedule_id, **changes),
            number,
            order_id=order_id or uuid4().hex,
            patient=patient(self.patient_id, self.user_id),
            now=NOW,
            hold=HOLD,
        )

    def placed(self, number: int = 1) -> Order:
        order = self.order(number)
        self.orders.place(order, self.ledger())
        return order

    def ledger(self) -> Ledger:
        return self.orders.ledger(patient(self.patient_id).person)

    def number(self, number: int) -> Number:
        return self.numbers.of(self.schedule_id)[number - 1]


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    user_id, patient_id, schedule_id = (uuid4().hex for _ in range(3))
    somebody, someone = user(user_id), patient(patient_id, user_id)
    if request.param == "fake":
        fake = FakeOrders()
        fake.users[user_id] = somebody
        fake.add_patient(someone)
        fake.add_numbers(schedule_id, 3)
        return Store(fake, fake.read_booker, fake.numbers, user_id, patient_id, schedule_id)
    aws = request.getfixturevalue("aws")
    dynamo = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    numbers = DynamoNumbers(aws["NUMBERS_TABLE"])
    UserItem.from_domain(somebody).save()
    PatientItem.from_domain(someone).save()
    LedgerItem.from_domain(Ledger(someone.person).register(someone)).save()
    numbers.fit(schedule_id, 3)
    return Store(dynamo, DynamoBookers(aws["ACCOUNTS_TABLE"]).read, numbers, user_id, patient_id, schedule_id)


def test_who_books_is_read_with_the_patient(store: Store) -> None:
    assert store.read_booker(store.user_id, store.patient_id) == Booker(user(store.user_id), patient(store.patient_id, store.user_id))


def test_who_books_costs_one_read_and_their_ledger_another(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    bookers = DynamoBookers(aws["ACCOUNTS_TABLE"])
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    requests = count_requests()
    bookers.read("nobody", "nobody")
    orders.ledger("nobody")
    assert requests == ["BatchGetItem", "GetItem"]


def test_somebody_elses_patient_is_not_found(store: Store) -> None:
    assert store.read_booker("stranger", store.patient_id).patient is None


def test_an_order_reads_back_as_it_was_placed(store: Store) -> None:
    order = store.placed()
    assert store.orders.get(order.order_id) == order
    assert store.number(1) == Number(1, NumberState.HELD, order.order_id)


def test_an_order_with_everything_reads_back(store: Store) -> None:
    order = store.placed()
    trade = Trade(order.order_id, TradeState.PAID, 5000, "t1", NOW)
    rich = order.open_payment(NOW)
    store.orders.move(order, rich)
    paid = rich.pay(trade, NOW)
    store.orders.move(rich, paid)
    registered = paid.with_record(HospitalRecord("r1", NOW, "一楼"))
    store.orders.move(paid, registered)
    assert store.orders.get(order.order_id) == registered


def test_a_number_is_placed_once(store: Store) -> None:
    store.placed(1)
    with pytest.raises(NumberTaken):
        store.orders.place(store.order(1), store.ledger())


def test_a_number_that_the_schedule_does_not_have_cannot_be_placed(store: Store) -> None:
    with pytest.raises(NumberTaken):
        store.orders.place(store.order(4), store.ledger())


def test_a_withdrawn_number_cannot_be_placed_and_is_not_sold_again_when_it_comes_back(store: Store) -> None:
    order = store.placed(1)
    store.numbers.fit(store.schedule_id, 0)
    with pytest.raises(NumberTaken):
        store.orders.place(store.order(2), store.ledger())
    store.orders.move(order, order.cancel_with_schedule(NOW), store.ledger())
    assert {number.state for number in store.numbers.of(store.schedule_id)} == {NumberState.CLOSED}
    with pytest.raises(NumberTaken):
        store.orders.place(store.order(1), store.ledger())


def test_an_order_is_placed_once_even_with_another_number(store: Store) -> None:
    order = store.placed(1)
    with pytest.raises(OrderExists):
        store.orders.place(store.order(2, order.order_id), store.ledger())
    assert store.number(2).state is NumberState.FREE


def test_a_ledger_that_moved_since_it_was_read_stops_the_placing(store: Store) -> None:
    before = store.ledger()
    store.placed(1)
    with pytest.raises(VersionConflict):
        store.orders.place(store.order(2), before)
    assert store.number(2).state is NumberState.FREE


def test_the_ledger_keeps_what_was_booked(store: Store) -> None:
    order, before = store.order(), store.ledger()
    store.orders.place(order, before.add(order, BookingPolicy(), NOW.date()))
    assert [b.order_id for b in store.ledger().bookings] == [order.order_id]
    assert store.ledger().version == before.version + 1
    assert store.ledger().knows(patient(store.patient_id, store.user_id))


def test_paying_makes_the_number_sold_with_the_order(store: Store) -> None:
    order = store.placed()
    opened = order.open_payment(NOW)
    store.orders.move(order, opened)
    paid = opened.pay(Trade(order.order_id, TradeState.PAID, 5000, "t1", NOW), NOW)
    store.orders.move(opened, paid)
    assert store.number(1) == Number(1, NumberState.SOLD, order.order_id)


def test_cancelling_frees_number_and_ledger_with_the_order(store: Store) -> None:
    order = store.order()
    store.orders.place(order, store.ledger().add(order, BookingPolicy(), NOW.date()))
    cancelled = order.cancel(Cause.CANCELLED_BY_USER, NOW)
    store.orders.move(order, cancelled, store.ledger().follow(cancelled))
    assert store.number(1) == Number(1, NumberState.FREE)
    assert store.ledger().bookings == ()
    assert store.orders.former_owners(store.order(1)) == [order.order_id]


def test_a_number_remembers_its_last_six_former_owners_the_latest_first(store: Store) -> None:
    former = []
    for _ in range(7):
        order = store.placed()
        store.orders.move(order, order.cancel(Cause.CANCELLED_BY_USER, NOW), store.ledger())
        former.insert(0, order.order_id)
    assert store.orders.former_owners(store.order(1)) == former[:6]


def test_what_a_cancelled_order_still_learns_leaves_its_number_to_the_next_owner(store: Store) -> None:
    order = store.placed()
    cancelled = order.cancel(Cause.CANCELLED_BY_USER, NOW)
    store.orders.move(order, cancelled, store.ledger())
    following = store.placed()
    store.orders.move(cancelled, cancelled.hospital_informed(HospitalKnows.CANCELLED))
    assert store.number(1) == Number(1, NumberState.HELD, following.order_id)
    found = store.orders.get(order.order_id)
    assert found is not None
    assert found.state is OrderState.CANCELLED


def missed(store: Store) -> tuple[Order, Order]:
    """Place an order without a fee that the hospital confirms, and return it with what it is after a visit that was missed."""
    placed = store.order(fee_fen=0)
    store.orders.place(placed, store.ledger().add(placed, BookingPolicy(), NOW.date()))
    confirmed = placed.with_record(HospitalRecord("r1", NOW, "一楼"))
    store.orders.move(placed, confirmed)
    return confirmed, confirmed.mark_no_show(NOW + timedelta(days=4))


def test_a_missed_visit_is_in_order_and_ledger_and_leaves_the_number_sold(store: Store) -> None:
    before, after = missed(store)
    store.orders.move(before, after, store.ledger().follow(after))
    assert store.orders.get(before.order_id) == after
    assert store.ledger().no_shows == (NoShow(before.order_id, before.visit.date, before.visit.date + timedelta(days=1)),)
    assert store.number(1) == Number(1, NumberState.SOLD, before.order_id)
    came = after.check_in(NOW + timedelta(days=5))
    store.orders.move(after, came, store.ledger().follow(came))
    assert (store.orders.get(before.order_id), store.ledger().no_shows) == (came, ())


def test_a_missed_visit_is_noted_in_neither_if_order_or_ledger_has_moved(store: Store) -> None:
    before, after = missed(store)
    ledger = store.ledger()
    store.orders.move(before, before.hospital_informed(HospitalKnows.PAID))
    with pytest.raises(VersionConflict):
        store.orders.move(before, after, ledger.follow(after))
    told = store.orders.get(before.order_id)
    assert told is not None
    now_missed = told.mark_no_show(NOW + timedelta(days=4))
    other = store.order(2, department_code="2")
    store.orders.place(other, ledger.add(other, BookingPolicy(), NOW.date()))
    with pytest.raises(VersionConflict):
        store.orders.move(told, now_missed, ledger.follow(now_missed))
    assert (store.orders.get(before.order_id), store.ledger().no_shows) == (told, ())


def test_a_move_over_an_older_version_changes_nothing(store: Store) -> None:
    order = store.placed()
    store.orders.move(order, order.open_payment(NOW))
    with pytest.raises(VersionConflict):
        store.orders.move(order, order.cancel(Cause.CANCELLED_BY_USER, NOW), store.ledger())
    with pytest.raises(VersionConflict):
        store.orders.move(order, order.open_payment(NOW))
    found = store.orders.get(order.order_id)
    assert found is not None
    assert found.payment.state is PaymentState.OPEN
    assert store.number(1).state is NumberState.HELD


def test_a_users_orders_come_newest_first_page_by_page(store: Store) -> None:
    placed = []
    for number, minutes in zip((1, 2, 3), itertools.count(), strict=False):
        order = place(
            schedule(store.schedule_id),
            number,
            order_id=uuid4().hex,
            patient=patient(store.patient_id, store.user_id),
            now=NOW + timedelta(minutes=minutes),
            hold=HOLD,
        )
        store.orders.place(order, store.ledger())
        placed.append(order.order_id)
    first = store.orders.of_user(store.user_id, OrderFilter(), 2, None)
    assert [o.order_id for o in first.items] == [placed[2], placed[1]]
    second = store.orders.of_user(store.user_id, OrderFilter(), 2, first.next_cursor)
    assert [o.order_id for o in second.items] == [placed[0]]
    assert second.next_cursor is None
    assert store.orders.of_user(store.user_id, OrderFilter(), 3, None).next_cursor is None


def test_orders_are_found_by_part_of_a_name_patient_and_state(store: Store) -> None:
    order = store.placed()
    for wanted in (OrderFilter("协和"), OrderFilter("心内"), OrderFilter("林一"), OrderFilter("", store.patient_id)):
        assert [o.order_id for o in store.orders.of_user(store.user_id, wanted, 20, None).items] == [order.order_id]
    for wanted in (OrderFilter("不在"), OrderFilter("", "other"), OrderFilter("", "", OrderState.PAID)):
        assert store.orders.of_user(store.user_id, wanted, 20, None).items == []


def test_another_user_sees_none_of_them(store: Store) -> None:
    store.placed()
    assert store.orders.of_user("stranger", OrderFilter(), 20, None).items == []


@pytest.mark.parametrize("cursor", ["garbage", "e30=", "AAAA", "é"])
def test_a_cursor_that_is_not_ours_is_invalid(store: Store, cursor: str) -> None:
    if isinstance(store.orders, DynamoOrders):
        with pytest.raises(Invalid):
            store.orders.of_user(store.user_id, OrderFilter(), 2, cursor)
