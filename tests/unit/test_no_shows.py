"""Missed visits: noted once, counted by the ladder, taken back by who came after all, pardoned by an administrator."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from guahao.contracts.messages import OrderMessage
from guahao.domain.booking.ledger import NOTED_WITHIN_DAYS, BookingPolicy, Ledger, NoShow, Rung
from guahao.domain.booking.order_states import Cause, NumberState, OrderState
from guahao.domain.booking.orders import Number, Order, place
from guahao.domain.errors import BookingBanned, BookingNotBanned, Unavailable
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.time import SHANGHAI, midnight
from guahao.domain.versions import VersionConflict
from guahao.usecases.booking.attendance import Attendance
from guahao.usecases.booking.no_shows import DAYS_LOOKED_BACK, MissedVisits, NoShows
from tests.builders import AT_VISIT, NOW, VISIT, altered, patient, schedule
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.outbox import FakeOutbox
from tests.killing import Killer, deaths

POLICY = BookingPolicy()
PERSON = patient().person
# Half past one in Shanghai, in the night after VISIT.
NIGHT = datetime(2026, 3, 5, 17, 30, tzinfo=UTC)
TONIGHT = date(2026, 3, 6)


class World:
    """Paid orders of one person, as many as are asked for, whose visits were on the days until VISIT.

    Each is in a schedule of its own with another order, whose patient came.
    """

    def __init__(self, visits: int = 1) -> None:
        self.orders, self.queue, self.clock = FakeOrders(), FakeOutbox(), FakeClock(NIGHT)
        self.orders.add_patient(patient())
        for n in range(visits):
            order = paid_order(f"o{n}", VISIT - timedelta(days=n), schedule_id=f"s{n}")
            self.sell(order, paid_order(f"came{n}", order.visit.date, schedule_id=f"s{n}", number=2).check_in(AT_VISIT))
            ledger = self.orders.ledger(PERSON)
            self.orders.ledgers[PERSON] = ledger.add(order, POLICY, NOW.date())
        self.missed = MissedVisits(FakeOrderIndex(self.orders), self.queue, self.clock)
        self.no_shows = self.checks(self.orders)
        self.attendance = Attendance(self.orders, self.clock)

    def sell(self, *orders: Order) -> None:
        for order in orders:
            self.orders.orders[order.order_id] = order
            self.orders.numbers.put(order.visit.schedule_id, Number(order.visit.number, NumberState.SOLD, order.order_id))

    def checks(self, orders: Any, percent: int = 50) -> NoShows:
        policy = BookingPolicy(no_show_attendance_percent=percent)
        return NoShows(orders, FakeOrderIndex(self.orders), self.orders.numbers_of, policy, self.clock)

    @property
    def ledger(self) -> Ledger:
        return self.orders.ledger(PERSON)

    def banned_until(self) -> datetime | None:
        return self.ledger.banned_until(POLICY, self.clock().astimezone(SHANGHAI).date())


def paid_order(order_id: str, day: date = VISIT, **changes: Any) -> Order:
    """Return an order that needs no payment and that the hospital has confirmed, each of another department."""
    order = place(schedule(fee_fen=0), 1, order_id=order_id, patient=patient(), now=NOW, hold=timedelta(minutes=15))
    changes = {"date": day, "department_code": order_id, "record": HospitalRecord("r1", NOW, "一楼"), **changes}
    return altered(order, **changes)


def no_show(missed: int, noted: int | None = None, *, pardoned: bool = False) -> NoShow:
    """Return a visit that was missed so many days after VISIT, and noted the day after unless told otherwise."""
    missed_on = VISIT + timedelta(days=missed)
    return NoShow(f"o{missed}", missed_on, missed_on + timedelta(days=1) if noted is None else VISIT + timedelta(days=noted), pardoned)


def test_who_did_not_come_is_asked_about_in_the_night_after_and_for_a_month() -> None:
    world = World(visits=0)
    yesterday = TONIGHT - timedelta(days=1)
    days = {"first": TONIGHT - timedelta(days=DAYS_LOOKED_BACK), "last": yesterday}
    others = {"too long ago": days["first"] - timedelta(days=1), "today": TONIGHT}
    world.orders.orders |= {name: paid_order(name, day) for name, day in (days | others).items()}
    world.orders.orders["came"] = paid_order("came", yesterday).check_in(AT_VISIT)
    world.orders.orders["cancelled"] = paid_order("cancelled", yesterday).cancel(Cause.CANCELLED_BY_USER, NOW)
    assert world.missed.enqueue() == 2
    assert {message.order_id for message in world.queue.messages if isinstance(message, OrderMessage)} == set(days)


def test_a_night_that_broke_off_is_made_good_by_the_next_run() -> None:
    world = World(visits=3)
    world.queue.room = 1
    with pytest.raises(Unavailable):
        world.missed.enqueue()
    world.queue.room = None
    assert world.missed.enqueue() == 3
    for message in world.queue.messages:
        assert isinstance(message, OrderMessage)
        world.no_shows.mark_no_show(message.order_id)
    assert len(world.ledger.no_shows) == 3


def test_a_missed_visit_is_noted_once_in_order_and_ledger() -> None:
    world = World()
    for _ in range(2):
        assert world.no_shows.mark_no_show("o0").state is OrderState.NO_SHOW
    assert world.orders.writes == 1
    assert world.ledger.no_shows == (NoShow("o0", VISIT, TONIGHT),)
    assert [booked.order_id for booked in world.ledger.bookings] == ["o0"]


@pytest.mark.parametrize(
    "order",
    [
        paid_order("o0", TONIGHT, schedule_id="s0"),
        paid_order("o0", schedule_id="s0", record=None),
        paid_order("o0", schedule_id="s0").check_in(AT_VISIT),
        paid_order("o0", schedule_id="s0").cancel(Cause.SCHEDULE_SUSPENDED, NOW),
    ],
    ids=["today", "unknown to the hospital", "came", "cancelled"],
)
def test_what_is_no_missed_visit_stays_as_it_is(order: Order) -> None:
    world = World()
    world.orders.orders["o0"] = order
    assert world.no_shows.mark_no_show("o0") == order
    assert (world.orders.writes, world.ledger.no_shows) == (0, ())


def test_a_note_killed_between_any_two_steps_is_whole_or_not_there() -> None:
    world = World()

    def run(killer: Killer) -> None:
        nonlocal world
        world = World()
        world.checks(killer.watch(world.orders)).mark_no_show("o0")

    for _ in deaths(run):
        assert len(world.ledger.no_shows) == (world.orders.orders["o0"].state is OrderState.NO_SHOW)
        world.no_shows.mark_no_show("o0")
        assert len(world.ledger.no_shows) == 1


def test_a_note_loses_nothing_that_is_written_to_the_ledger_meanwhile() -> None:
    world = World(visits=2)
    plain, disturbed = world.orders.move, []

    def move(before: Order, after: Order, ledger: Ledger | None = None, _: object = None) -> None:
        if not disturbed:
            disturbed.append(True)
            world.no_shows.mark_no_show("o1")
            with pytest.raises(VersionConflict):
                plain(before, after, ledger)
            raise VersionConflict
        plain(before, after, ledger)

    world.orders.move = move  # type: ignore[method-assign]
    world.no_shows.mark_no_show("o0")
    assert {noted.order_id for noted in world.ledger.no_shows} == {"o0", "o1"}


def test_the_third_missed_visit_suspends_until_somebody_came_after_all() -> None:
    world = World(visits=3)
    for n, until in enumerate((None, None, midnight(TONIGHT + timedelta(days=90)))):
        world.no_shows.mark_no_show(f"o{n}")
        assert world.banned_until() == until
    world.clock.advance(days=2)
    assert world.attendance.check_in("10001", "o1").state is OrderState.CHECKED_IN
    assert world.banned_until() is None
    assert {noted.order_id for noted in world.ledger.no_shows} == {"o0", "o2"}


@pytest.mark.parametrize(
    ("missed", "today", "until"),
    [
        ([no_show(0), no_show(1)], 2, None),
        ([no_show(0), no_show(44), no_show(89)], 90, 180),
        ([no_show(0), no_show(44), no_show(90)], 91, None),
        ([no_show(0), no_show(1), no_show(2)], 92, 93),
        ([no_show(0), no_show(1), no_show(2)], 93, None),
        # The one between was noted last: from then on, it is one too many.
        ([no_show(0), no_show(1, noted=20), no_show(2)], 21, 110),
        ([no_show(0), no_show(1), no_show(2), no_show(30)], 31, 121),
        ([no_show(0, pardoned=True), no_show(1), no_show(2)], 3, None),
        ([no_show(0, pardoned=True), no_show(1), no_show(2), no_show(3)], 4, 94),
    ],
)
def test_three_visits_missed_in_ninety_days_suspend_for_ninety_from_the_day_the_last_was_noted(
    missed: list[NoShow], today: int, until: int | None
) -> None:
    ledger = Ledger(PERSON, no_shows=tuple(missed))
    end = midnight(VISIT + timedelta(days=until)) if until else None
    assert ledger.banned_until(POLICY, VISIT + timedelta(days=today)) == end


def test_every_rung_of_the_ladder_counts_and_the_longest_suspension_holds() -> None:
    ladder = BookingPolicy(no_shows=(Rung(2, 30, 10), Rung(3, 90, 100)))
    two, three = Ledger(PERSON, no_shows=(no_show(0), no_show(1))), Ledger(PERSON, no_shows=(no_show(0), no_show(1), no_show(60)))
    assert two.banned_until(ladder, VISIT) == midnight(VISIT + timedelta(days=12))
    assert three.banned_until(ladder, VISIT) == midnight(VISIT + timedelta(days=161))
    assert three.banned_until(BookingPolicy(no_shows=()), VISIT) is None


def test_who_is_suspended_books_nothing_until_the_end_whatever_the_day_of_the_visit() -> None:
    ledger = Ledger(PERSON, no_shows=(no_show(0), no_show(1), no_show(2)))
    end = VISIT + timedelta(days=93)
    with pytest.raises(BookingBanned) as refusal:
        ledger.add(paid_order("o9", end + timedelta(days=5)), POLICY, end - timedelta(days=1))
    assert (refusal.value.rule, refusal.value.retry_at) == ("noShows@2026-2", midnight(end))
    assert ledger.add(paid_order("o9", end), POLICY, end)


def test_a_pardon_ends_the_suspension_and_the_next_count_begins_anew() -> None:
    ledger = Ledger(PERSON, no_shows=(no_show(0), no_show(1), no_show(2)))
    today = VISIT + timedelta(days=4)
    pardoned = ledger.pardon(POLICY, today)
    assert pardoned.banned_until(POLICY, today) is None
    with pytest.raises(BookingNotBanned):
        pardoned.pardon(POLICY, today)
    again = replace(pardoned, no_shows=(*pardoned.no_shows, no_show(5), no_show(6)))
    assert again.banned_until(POLICY, today) is None
    assert replace(again, no_shows=(*again.no_shows, no_show(7))).banned_until(POLICY, today)


def test_what_no_rung_can_need_any_more_is_dropped_with_the_next_booking() -> None:
    needed, dropped = no_show(0), no_show(-1)
    today = VISIT + timedelta(days=NOTED_WITHIN_DAYS + 90 - 1)
    after = Ledger(PERSON, no_shows=(needed, dropped)).add(paid_order("o9", today), POLICY, today)
    assert after.no_shows == (needed,)
    # Even the last visit that may still be noted finds with it all that it counts with.
    latest = NoShow("late", today - timedelta(days=NOTED_WITHIN_DAYS), today)
    assert Ledger(PERSON, no_shows=(needed, no_show(88), latest)).banned_until(POLICY, today)
    assert not Ledger(PERSON, no_shows=(dropped, no_show(88), latest)).banned_until(POLICY, today)
