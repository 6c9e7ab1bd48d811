"""Selling numbers: the rules, the races and the refusals, without any I/O."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from guahao.contracts.queries import OrdersQuery
from guahao.domain import errors
from guahao.domain.booking.bookable import BookableSchedule, ScheduleState
from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.booking.order_states import NumberState, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.people.accounts import IdentityState
from guahao.domain.versions import VersionConflict
from guahao.ports.booking.orders import OrderFilter
from guahao.usecases.booking.booking import Booking
from tests.builders import NOW, patient, schedule, user
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.clock import FakeClock


class World:
    """One schedule of three numbers and as many users with a patient each as are asked for."""

    def __init__(self, offered: BookableSchedule | None = None, users: int = 1) -> None:
        self.orders, self.pool, self.clock = FakeOrders(), FakePool(), FakeClock(NOW)
        self.schedules = {"s1": offered or schedule()}
        self.orders.add_numbers("s1", self.schedules["s1"].total)
        for n in range(1, users + 1):
            self.orders.users[f"u{n}"] = user(f"u{n}")
            self.orders.add_patient(patient(f"p{n}", f"u{n}"))
        self.booking = Booking(
            self.orders,
            self.pool,
            self.orders.read_booker,
            lambda ids: {i: self.schedules[i] for i in ids if i in self.schedules},
            self.orders.numbers_of,
            self.clock,
            BookingPolicy(),
            timedelta(minutes=15),
        )

    def book(self, n: int = 1, key: str = "k1", schedule_id: str = "s1") -> Order:
        return self.booking.book(f"u{n}", f"p{n}", schedule_id, key)

    def states(self) -> list[NumberState]:
        return [number.state for number in self.orders.numbers_of("s1")]


def refusal(book: Callable[[], object]) -> type[errors.DomainError]:
    with pytest.raises(errors.DomainError) as raised:
        book()
    return raised.type


@pytest.mark.parametrize("down", [False, True])
def test_n_numbers_make_n_orders_and_every_other_attempt_is_sold_out(down: bool) -> None:
    world = World(users=5)
    world.pool.down = down
    sold = [world.book(n) for n in range(1, 4)]
    assert sorted(order.visit.number for order in sold) == [1, 2, 3]
    assert {refusal(lambda n=n: world.book(n)) for n in (4, 5)} == {errors.NumberSoldOut}
    assert world.states() == [NumberState.HELD] * 3


@pytest.mark.parametrize("down", [False, True])
def test_the_same_key_is_the_same_order_even_when_all_is_sold(down: bool) -> None:
    world = World(schedule(total=1))
    world.pool.down = down
    assert world.book() == world.book()
    world.pool.empty()
    assert world.book().visit.number == 1
    assert len(world.orders.orders) == 1


def test_the_same_key_for_another_booking_is_refused() -> None:
    world = World()
    world.schedules["s2"] = schedule("s2", department_code="0202")
    world.orders.add_numbers("s2", 3)
    world.book()
    assert refusal(lambda: world.book(schedule_id="s2")) is errors.IdempotencyKeyReused
    assert [n.state for n in world.orders.numbers_of("s2")] == [NumberState.FREE] * 3
    assert world.pool.free["s2"] == {1, 2, 3}


def test_a_cancelled_order_still_answers_its_key() -> None:
    world = World(schedule(total=1), users=2)
    order = world.book()
    world.booking.cancel("u1", order.order_id)
    assert world.book().state is OrderState.CANCELLED
    assert world.states() == [NumberState.FREE]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"state": ScheduleState.SUSPENDED}, errors.ScheduleSuspended),
        ({"state": ScheduleState.CLOSED}, errors.ScheduleClosed),
        ({"online": False}, errors.NotFound),
        ({"opens_at": NOW + timedelta(seconds=1)}, errors.NotReleased),
        ({"closes_at": NOW}, errors.SchedulePast),
    ],
)
@pytest.mark.parametrize("down", [False, True])
def test_a_schedule_that_cannot_be_booked_refuses_with_its_reason(changes: dict[str, object], refused: type, down: bool) -> None:
    world = World(schedule(**changes))
    world.pool.down = down
    assert refusal(world.book) is refused
    assert world.states() == [NumberState.FREE] * 3
    assert world.orders.writes == 0


def test_a_refusal_before_the_release_says_when_to_come_back() -> None:
    opens_at = NOW + timedelta(hours=1)
    with pytest.raises(errors.NotReleased) as raised:
        World(schedule(opens_at=opens_at)).book()
    assert raised.value.retry_at == opens_at


def _unverified(world: World) -> None:
    world.orders.users["u1"] = user("u1", identity_state=IdentityState.UNDER_REVIEW)


def _locked(world: World) -> None:
    world.orders.users["u1"] = user("u1", locked=True)


def _without_patient(world: World) -> None:
    world.orders.patients.clear()


def _booked_already(world: World) -> None:
    world.book(key="another")


@pytest.mark.parametrize(
    ("spoil", "refused"),
    [
        (_unverified, errors.IdentityNotVerified),
        (_locked, errors.AccountLocked),
        (_without_patient, errors.NotFound),
        (_booked_already, errors.DuplicateBooking),
    ],
)
@pytest.mark.parametrize("down", [False, True])
def test_who_may_not_book_leaves_every_number_where_it_was(spoil: Callable[[World], None], refused: type, down: bool) -> None:
    world = World()
    world.pool.down = down
    spoil(world)
    before, writes = world.states(), world.orders.writes
    assert refusal(world.book) is refused
    assert world.states() == before
    assert world.orders.writes == writes
    if not down:
        assert len(world.pool.free["s1"]) == before.count(NumberState.FREE)


def test_somebody_elses_patient_cannot_be_booked_for() -> None:
    world = World(users=2)
    assert refusal(lambda: world.booking.book("u1", "p2", "s1", "k1")) is errors.NotFound


def test_an_unknown_schedule_is_not_found() -> None:
    assert refusal(lambda: World().book(schedule_id="nowhere")) is errors.NotFound


def test_a_sold_out_refusal_costs_one_round_trip_and_nothing_of_the_store() -> None:
    world = World(schedule(total=1), users=2)
    world.book()
    calls = world.pool.calls
    del world.orders.users, world.orders.orders, world.orders.numbers
    assert refusal(lambda: world.book(2)) is errors.NumberSoldOut
    assert world.pool.calls - calls == 1


def test_a_sale_costs_two_round_trips_and_one_write() -> None:
    world = World(users=2)
    world.book()
    calls, writes = world.pool.calls, world.orders.writes
    world.book(2)
    assert (world.pool.calls - calls, world.orders.writes - writes) == (2, 1)


def test_a_pool_that_offers_sold_numbers_costs_retries_only() -> None:
    world = World(users=3)
    world.book(1)
    world.pool.free["s1"] |= {1}
    assert world.book(2).visit.number == 2
    assert world.book(3).visit.number == 3


def test_an_emptied_pool_is_built_anew() -> None:
    world = World(users=2)
    world.book(1)
    world.pool.empty()
    assert world.book(2).visit.number == 2


def test_the_pool_may_die_between_any_two_of_its_calls() -> None:
    for dies_after in range(4):
        world = World(users=3)
        world.book(1)

        def dying(after: int = dies_after, pool: FakePool = world.pool) -> None:
            calls = pool.calls
            plain = FakePool._call

            def call() -> None:
                pool.down = pool.calls - calls >= after
                plain(pool)

            pool._call = call  # type: ignore[method-assign]

        dying()
        assert world.book(2).visit.number in (2, 3)
        assert len(world.orders.orders) == 2
        assert world.states().count(NumberState.HELD) == 2


def test_two_bookings_of_one_patient_at_once_are_decided_one_after_the_other() -> None:
    world = World()
    plain, moved = world.orders.place, []

    def disturbed(order: Order, *written: object) -> None:
        if not moved:
            moved.append(True)
            raise VersionConflict
        plain(order, *written)  # type: ignore[arg-type]

    world.orders.place = disturbed  # type: ignore[method-assign]
    assert world.book().visit.number == 1


def test_threads_racing_for_the_last_numbers_get_each_one_once() -> None:
    world = World(schedule(total=10), users=32)

    def attempt(n: int) -> str:
        try:
            return str(world.book(n).visit.number)
        except errors.NumberSoldOut:
            return "sold out"

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(attempt, range(1, 33)))
    assert sorted(int(a) for a in answers if a != "sold out") == list(range(1, 11))


def test_cancelling_gives_number_and_day_back() -> None:
    world = World()
    order = world.book()
    assert world.booking.cancel("u1", order.order_id).state is OrderState.CANCELLED
    assert world.states() == [NumberState.FREE] * 3
    assert world.book(key="k2").state is OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize("call", ["get", "cancel", "calendar"])
def test_somebody_elses_order_is_not_found(call: str) -> None:
    world = World(users=2)
    order = world.book()
    assert refusal(lambda: getattr(world.booking, call)("u2", order.order_id)) is errors.NotFound
    assert world.orders.orders[order.order_id] == order


def test_orders_are_listed_by_what_is_asked_for() -> None:
    world = World()
    order = world.book()
    assert world.booking.list("u1", OrdersQuery(q="协和", status="awaitingPayment")).items == [order]
    assert world.booking.list("u1", OrdersQuery(status="paid")).items == []
    assert world.orders.of_user("u2", OrderFilter(), 20, None).items == []


def test_the_calendar_entry_is_folded_and_escaped() -> None:
    world = World(schedule(department_name="心内科,门诊;" + "一" * 40))
    text = world.booking.calendar("u1", world.book().order_id)
    assert "心内科\\,门诊\\;" in text.replace("\r\n ", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")


def test_a_cancelled_visit_leaves_the_calendar() -> None:
    world = World()
    order = world.book()
    world.booking.cancel("u1", order.order_id)
    assert "STATUS:CANCELLED" in world.booking.calendar("u1", order.order_id)
