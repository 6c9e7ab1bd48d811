"""Every rule of booking and of giving back: what breaks it, which refusal that is, which rule it names and when time heals it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from guahao.domain import errors
from guahao.domain.booking.bookable import BookableSchedule, ScheduleState
from guahao.domain.booking.ledger import BookingPolicy, NoShow
from guahao.domain.booking.orders import Order
from guahao.domain.catalog.booking_rule import closes_at, opens_at, quit_until
from guahao.domain.people.accounts import IdentityState
from guahao.domain.time import SHANGHAI
from guahao.usecases.booking.booking import Booking
from tests.builders import hospital, patient, schedule, user
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.clock import FakeClock

# The day a week ahead is released at 08:00, today's stop at 16:30, numbers given back until 15:00 of the day before.
RULE = replace(hospital().booking_rule, release_time=datetime(1, 1, 1, 8).time(), stop_time=datetime(1, 1, 1, 16, 30).time())
TODAY = date(2026, 3, 2)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a time of Shanghai, so many days from TODAY."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, hour, minute, tzinfo=SHANGHAI) + timedelta(days=day)


class World:
    """A verified user with a patient, TODAY at nine, and schedules made by the rule of their hospital."""

    def __init__(self) -> None:
        self.orders, self.pool, self.clock = FakeOrders(), FakePool(), FakeClock(at(0, 9))
        self.orders.users["u1"] = user("u1")
        self.orders.add_patient(patient("p1", "u1"))
        self.orders.add_patient(patient("p2", "u2"))
        self.schedules: dict[str, BookableSchedule] = {}
        hold = timedelta(minutes=15)
        read = self.schedules
        self.booking = Booking(
            self.orders, self.pool, self.orders.read_booker, lambda _: read, self.orders.numbers_of, self.clock, BookingPolicy(), hold
        )

    def offer(self, day: int, department: str = "0101", **changes: object) -> str:
        """Offer a schedule so many days from TODAY and return its id."""
        schedule_id, on = f"{day}-{department}", TODAY + timedelta(days=day)
        moments = {"opens_at": opens_at(on, RULE), "closes_at": closes_at(on, RULE), "quit_until": quit_until(on, RULE)}
        offered = {"date": on, "department_code": department, "fee_fen": 0, **moments, **changes}
        self.schedules[schedule_id] = schedule(schedule_id, **offered)
        self.orders.add_numbers(schedule_id, 3)
        return schedule_id

    def book(self, schedule_id: str, patient_id: str = "p1") -> Order:
        return self.booking.book("u1", patient_id, schedule_id, f"key-{schedule_id}-{patient_id}-{len(self.orders.orders)}")

    def booked(self, *visits: tuple[int, str]) -> None:
        """Book a number on each of the days and in each of the departments."""
        for day, department in visits:
            self.book(self.offer(day, department))


Break = Callable[[World], object]


def of_user(**changes: object) -> Break:
    """Return an attempt of a user who is so."""

    def attempt(world: World) -> object:
        world.orders.users["u1"] = user("u1", **changes)
        return world.book(world.offer(3))

    return attempt


def of_schedule(day: int = 3, now: datetime | None = None, **changes: object) -> Break:
    """Return an attempt to book in such a schedule, at a moment."""

    def attempt(world: World) -> object:
        world.clock.now = now or world.clock.now
        return world.book(world.offer(day, **changes))

    return attempt


def after(*visits: tuple[int, str], then: tuple[int, str]) -> Break:
    """Return an attempt to book one number more."""

    def attempt(world: World) -> object:
        world.booked(*visits)
        return world.booked(then)

    return attempt


def suspended(world: World) -> object:
    days = [TODAY - timedelta(days=n) for n in (1, 10, 20)]
    ledger = world.orders.ledger(patient("p1").person)
    missed = tuple(NoShow(str(day), day, TODAY) for day in days)
    world.orders.ledgers[ledger.person] = replace(ledger, no_shows=missed)
    return world.book(world.offer(3))


def sold_out(world: World) -> object:
    schedule_id = world.offer(3)
    world.orders.numbers.fit(schedule_id, 0)
    return world.book(schedule_id)


def given_back_too_late(world: World) -> object:
    order = world.book(world.offer(3))
    world.clock.now = at(2, 15)
    return world.booking.cancel("u1", order.order_id)


RULES: dict[str, tuple[Break, type[errors.DomainError], str, datetime | None]] = {
    "a user without identity": (of_user(identity_state=IdentityState.NONE), errors.IdentityNotVerified, "identityVerified", None),
    "an identity under review": (of_user(identity_state=IdentityState.UNDER_REVIEW), errors.IdentityNotVerified, "identityVerified", None),
    "a rejected identity": (of_user(identity_state=IdentityState.REJECTED), errors.IdentityNotVerified, "identityVerified", None),
    "a locked user": (of_user(locked=True), errors.AccountLocked, "accountOpen", None),
    "somebody else's patient": (lambda world: world.book(world.offer(3), "p2"), errors.NotFound, "ownPatient", None),
    "an offline hospital": (of_schedule(online=False), errors.NotFound, "hospitalOnline", None),
    "a suspended schedule": (of_schedule(state=ScheduleState.SUSPENDED), errors.ScheduleSuspended, "scheduleOpen", None),
    "a closed schedule": (of_schedule(state=ScheduleState.CLOSED), errors.ScheduleClosed, "scheduleOpen", None),
    "a day behind the window": (of_schedule(day=8), errors.NotReleased, "release", at(1, 8)),
    "the last day before its release": (of_schedule(day=7, now=at(0, 7, 59)), errors.NotReleased, "release", at(0, 8)),
    "today after its stop": (of_schedule(day=0, now=at(0, 16, 30)), errors.SchedulePast, "stopTime", None),
    "yesterday": (of_schedule(day=-1), errors.SchedulePast, "stopTime", None),
    "no number left": (sold_out, errors.NumberSoldOut, "numbersFree", None),
    "the same department, twice a day": (after((3, "1"), then=(3, "1")), errors.DuplicateBooking, "onePerDayAndDepartment", None),
    "a third a day": (after((3, "1"), (3, "2"), then=(3, "3")), errors.BookingCapReached, "perDay@2026-2", None),
    "a fourth in seven days": (after((0, "1"), (3, "1"), (6, "1"), then=(5, "1")), errors.BookingCapReached, "perWeek@2026-2", None),
    "missed visits": (suspended, errors.BookingBanned, "noShows@2026-2", at(90, 0)),
    "giving back too late": (given_back_too_late, errors.QuitDeadlinePassed, "quitDeadline", None),
}


@pytest.mark.parametrize("down", [False, True], ids=["with a pool", "without"])
@pytest.mark.parametrize("situation", RULES)
def test_a_refusal_names_its_rule_and_when_time_heals_it(situation: str, down: bool) -> None:
    attempt, kind, rule, retry_at = RULES[situation]
    world = World()
    world.pool.down = down
    with pytest.raises(errors.DomainError) as refusal:
        attempt(world)
    assert (type(refusal.value), refusal.value.rule, refusal.value.retry_at) == (kind, rule, retry_at)
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize("situation", [situation for situation, (*_, retry_at) in RULES.items() if retry_at])
def test_what_time_heals_is_possible_from_that_moment_on(situation: str) -> None:
    attempt, *_, retry_at = RULES[situation]
    assert retry_at
    for moment, healed in ((retry_at - timedelta(seconds=1), False), (retry_at, True)):
        world = World()
        with pytest.raises(errors.DomainError):
            attempt(world)
        (schedule_id,) = world.schedules
        if situation == "missed visits":
            schedule_id = world.offer(92)
        world.clock.now = moment
        if healed:
            assert world.book(schedule_id)
        else:
            with pytest.raises(errors.DomainError):
                world.book(schedule_id)


def test_five_in_a_quarter_are_the_most() -> None:
    world = World()
    for n in range(5):
        world.clock.now = at(20 * n, 9)
        world.book(world.offer(20 * n + 6))
    world.clock.now = at(85, 9)
    with pytest.raises(errors.BookingCapReached) as refusal:
        world.book(world.offer(91))
    assert (refusal.value.rule, refusal.value.retry_at) == ("perQuarter@2026-2", None)
    world.clock.now = at(92, 9)
    assert world.book(world.offer(98))


def test_today_until_its_stop_and_the_last_day_from_its_release_can_be_booked_and_given_back_until_the_deadline() -> None:
    world = World()
    world.clock.now = at(0, 16, 29)
    assert world.book(world.offer(0))
    world.clock.now = at(0, 8)
    order = world.book(world.offer(7))
    world.clock.now = at(6, 14, 59)
    assert world.booking.cancel("u1", order.order_id).cancelled_for
