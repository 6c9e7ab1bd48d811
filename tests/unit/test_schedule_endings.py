"""How schedules end, suspended or removed, and that no death on the way leaves a mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from guahao.contracts.messages import QueueMessage
from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.errors import Conflict, DomainError, NotFound, SchedulePast, Unavailable
from guahao.usecases.hospitals.partner_schedules import PartnerSchedules
from tests.builders import schedule_entry
from tests.fakes.outbox import FakeOutbox
from tests.killing import Killer, deaths
from tests.publishing import CODE, CountingNumbers, World, faulty_fields, results

SUSPENDED = {"state": "suspended"}


def test_a_suspended_schedule_stays_suspended() -> None:
    world = World()
    world.publish(schedule_entry())
    world.service().suspend(CODE, "a")
    outcome = world.publish(schedule_entry())[0]
    assert (outcome.result, faulty_fields(outcome)) == ("rejected", ["state"])
    assert world.schedule().state is ScheduleState.SUSPENDED


def test_a_suspension_is_told_each_time_it_is_asked_for() -> None:
    world = World()
    world.publish(schedule_entry())
    assert world.outbox.sent == []
    assert results(world.publish(schedule_entry(**SUSPENDED))) == ["updated"]
    assert results(world.publish(schedule_entry(**SUSPENDED))) == ["unchanged"]
    world.service().suspend(CODE, "a")
    lost = world.schedule().schedule_id
    assert world.outbox.sent == [("Suspension", lost, delay) for delay in (60, 0, 0, 0)]


def test_whoever_books_next_learns_of_a_suspension() -> None:
    world = World()
    world.publish(schedule_entry())
    world.build_pool()
    world.service().suspend(CODE, "a")
    assert world.pool.schedules == {}
    world.build_pool()
    assert not world.pool.schedules[world.schedule().schedule_id].sells


def test_a_schedule_that_was_held_is_not_suspended_any_more() -> None:
    world = World()
    world.publish(schedule_entry())
    world.catalog.put_schedules([replace(world.schedule(), date=date(2026, 3, 1))])
    with pytest.raises(SchedulePast):
        world.service().suspend(CODE, "a")
    assert world.outbox.sent == []


def test_a_schedule_without_patients_is_removed_once() -> None:
    world = World()
    world.publish(schedule_entry())
    world.service().remove_schedule(CODE, "a")
    assert world.catalog.schedule(schedule_id_of(CODE, "a")) is None
    assert "free" not in world.states()
    with pytest.raises(NotFound):
        world.service().remove_schedule(CODE, "a")


@pytest.mark.parametrize("state", [NumberState.HELD, NumberState.SOLD])
def test_a_schedule_with_patients_stays_and_goes_on_selling(state: NumberState) -> None:
    world = World()
    world.publish(schedule_entry())
    world.take(2, state)
    before = world.schedule()
    with pytest.raises(Conflict, match="Suspend"):
        world.service().remove_schedule(CODE, "a")
    assert (world.schedule(), world.states()) == (before, ["free", state, "free"])


def test_a_number_booked_while_its_schedule_is_being_removed_saves_it() -> None:
    world = World()
    world.publish(schedule_entry())

    class BusyNumbers(CountingNumbers):
        """Somebody is faster than the withdrawal of the last number."""

        def fit(self, schedule_id: str, total: int, *, reopen: bool = True) -> bool:
            if not total:
                self.put(schedule_id, Number(3, NumberState.HELD, "o1"))
            return super().fit(schedule_id, total, reopen=reopen)

    busy = BusyNumbers()
    busy.fit(world.schedule().schedule_id, 3)
    world.numbers = busy
    with pytest.raises(Conflict):
        world.service().remove_schedule(CODE, "a")
    assert world.states() == ["free", "free", "held"]


def test_a_schedule_that_was_removed_can_be_published_again() -> None:
    world = World()
    world.publish(schedule_entry(total=2))
    world.service().remove_schedule(CODE, "a")
    assert results(world.publish(schedule_entry(total=3))) == ["created"]
    assert world.states() == ["free"] * 3


Act = Callable[[PartnerSchedules], object]


def publishes(**changes: Any) -> Act:
    return lambda service: service.publish_schedules(CODE, [schedule_entry("a", **changes), schedule_entry("b"), schedule_entry("c")])


ACTS: dict[str, Act] = {
    "more numbers": publishes(total=5),
    "fewer numbers": publishes(total=1),
    "closing": publishes(state="closed"),
    "suspending by a batch": publishes(**SUSPENDED),
    "another doctor": publishes(doctor_name="林二"),
    "suspending": lambda service: service.suspend(CODE, "a"),
    "removing": lambda service: service.remove_schedule(CODE, "a"),
    "removing what is booked": lambda service: service.remove_schedule(CODE, "booked"),
}


def before_the_act() -> World:
    """Return a world with a schedule that patients may book now, another that one of them has, and their pools."""
    world = World()
    world.publish(schedule_entry("a"), schedule_entry("booked"))
    world.take(2, own_id="booked")
    for own_id in ("a", "booked"):
        world.build_pool(own_id)
    return world


def done(act: Act, service: PartnerSchedules) -> None:
    """Act as a hospital does: what was done already, or cannot be done, is no reason to go on."""
    try:
        act(service)
    except (NotFound, Conflict):
        return


def on_sale(world: World) -> list[list[str]]:
    return [[state for state in world.states(own_id) if state != "closed"] for own_id in ("a", "booked")]


@pytest.mark.parametrize("name", ACTS)
def test_killed_anywhere_and_repeated_all_is_as_if_nothing_had_happened(name: str) -> None:
    undisturbed = before_the_act()
    done(ACTS[name], undisturbed.service())
    world = World()

    def run(killer: Killer) -> None:
        nonlocal world
        world = before_the_act()
        done(ACTS[name], world.service(killer))

    for _ in deaths(run):
        done(ACTS[name], world.service())
        assert world.everything() == undisturbed.everything()


@pytest.mark.parametrize("name", [name for name in ACTS if not name.startswith("suspending")])
def test_killed_anywhere_a_hospital_can_go_back_to_what_it_had_published(name: str) -> None:
    undisturbed = before_the_act()
    publishes()(undisturbed.service())
    world = World()

    def run(killer: Killer) -> None:
        nonlocal world
        world = before_the_act()
        done(ACTS[name], world.service(killer))

    for _ in deaths(run):
        publishes()(world.service())
        world.publish(schedule_entry("booked"))
        assert on_sale(world) == on_sale(undisturbed)
        assert world.schedule("a") == undisturbed.schedule("a")
        assert world.schedule("booked").in_step


@pytest.mark.parametrize("sent_before", [0, 1])
def test_a_suspension_without_its_message_is_sent_before_it_is_or_by_its_repeat(sent_before: int) -> None:
    world = before_the_act()

    class FullQueue(FakeOutbox):
        def send(self, message: QueueMessage, delay_seconds: int = 0) -> None:
            if len(self.sent) == sent_before:
                raise Unavailable("The queue does not answer.")
            super().send(message, delay_seconds)

    sent, full = world.outbox, FullQueue()
    world.outbox = full
    with pytest.raises(DomainError):
        world.publish(schedule_entry(**SUSPENDED))
    assert len(full.sent) == (world.schedule().state is ScheduleState.SUSPENDED)
    world.outbox = sent
    world.publish(schedule_entry(**SUSPENDED))
    assert sent.sent[-1] == ("Suspension", world.schedule().schedule_id, 0)
