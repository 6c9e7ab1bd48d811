"""What a hospital may publish of its schedules, and what becomes of their numbers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from guahao.contracts.partner import BrokenEntry
from guahao.contracts.queries import OwnSchedulesQuery
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.errors import NotFound, Unavailable
from guahao.usecases.booking.number_pool import invalidate
from guahao.usecases.hospitals.partner_batches import Outcome
from tests.builders import VISIT, schedule_entry
from tests.fakes.booking import FakePool
from tests.publishing import CODE, OTHER, CountingNumbers, World, faulty_fields, results


def test_a_new_schedule_has_its_numbers_before_it_is_in_the_catalogue() -> None:
    world = World()

    class WatchfulNumbers(CountingNumbers):
        def fit(self, schedule_id: str, total: int, *, reopen: bool = True) -> bool:
            assert world.catalog.schedule(schedule_id) is None
            return super().fit(schedule_id, total, reopen=reopen)

    world.numbers = WatchfulNumbers()
    assert world.publish(schedule_entry(total=10)) == [Outcome("a", "created")]  # type: ignore[arg-type]
    assert world.states() == ["free"] * 10
    assert world.schedule().in_step


def test_each_element_is_told_what_became_of_it_in_order_the_first_one_too() -> None:
    world = World()
    world.publish(schedule_entry("a"), schedule_entry("b"))
    broken = BrokenEntry("x", [{"field": "title", "reason": "missing"}])
    outcomes = world.publish(schedule_entry("new"), schedule_entry("a", title="副主任医师"), broken, schedule_entry("b"))
    assert [(outcome.key, outcome.result.value) for outcome in outcomes] == [
        ("new", "created"),
        ("a", "updated"),
        ("x", "rejected"),
        ("b", "unchanged"),
    ]
    assert outcomes[2].errors == broken.errors
    assert world.schedule("a").title == "副主任医师"
    assert world.schedule("new").title == "主任医师"


def test_what_a_hospital_sends_is_what_is_stored() -> None:
    world = World()
    world.publish(schedule_entry(doctor_name="林一", skill="高血压", half_day="afternoon", state="closed"))
    schedule = world.schedule()
    assert (schedule.hospital_code, schedule.doctor_name, schedule.skill, schedule.half_day, schedule.state, schedule.date) == (
        CODE,
        "林一",
        "高血压",
        "afternoon",
        "closed",
        VISIT,
    )


def test_a_key_that_comes_twice_counts_once() -> None:
    world = World()
    outcomes = world.publish(schedule_entry(total=3), schedule_entry(total=9))
    assert results(outcomes) == ["created", "rejected"]
    assert faulty_fields(outcomes[1]) == ["hospitalScheduleId"]
    assert world.schedule().total == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"department_code": "0199"}, "departmentCode"), ({"date": date(2026, 3, 1)}, "date")],
)
def test_a_schedule_of_no_department_or_of_a_day_that_is_over_is_rejected(changes: dict[str, Any], field: str) -> None:
    world = World()
    outcomes = world.publish(schedule_entry("b", **changes), schedule_entry("c"))
    assert (results(outcomes), faulty_fields(outcomes[0])) == (["rejected", "created"], [field])
    assert world.catalog.schedule(schedule_id_of(CODE, "b")) is None
    assert world.states("b") == []


def test_today_is_not_over() -> None:
    assert results(World().publish(schedule_entry(date=date(2026, 3, 2)))) == ["created"]


def test_a_hospital_touches_nothing_of_another_whose_code_begins_alike() -> None:
    world = World()
    world.publish(schedule_entry(total=5), code=OTHER)
    before = world.schedule(code=OTHER), world.states(code=OTHER)
    assert results(world.publish(schedule_entry(total=2))) == ["created"]
    world.service().suspend(CODE, "a")
    world.service().remove_schedule(CODE, "a")
    assert (world.schedule(code=OTHER), world.states(code=OTHER)) == before
    for act in (world.service().suspend, world.service().remove_schedule):
        with pytest.raises(NotFound):
            act(CODE, "a")
    assert world.service().schedules(CODE, OwnSchedulesQuery()).items == []


def test_raising_a_total_adds_numbers_and_lowering_it_closes_free_ones_only() -> None:
    world = World()
    world.publish(schedule_entry(total=3))
    world.take(3, NumberState.HELD)
    assert results(world.publish(schedule_entry(total=5))) == ["updated"]
    assert world.states() == ["free", "free", "held", "free", "free"]
    assert results(world.publish(schedule_entry(total=1))) == ["updated"]
    assert world.states() == ["closed", "closed", "held", "closed", "closed"]
    assert world.schedule().total == 1


@pytest.mark.parametrize("state", ["closed", "suspended"])
def test_a_schedule_that_is_not_open_sells_no_number_from_any_memory(state: str) -> None:
    world = World()
    world.publish(schedule_entry())
    world.take(1)
    world.build_pool()
    world.publish(schedule_entry(state=state))
    assert world.states() == ["sold", "closed", "closed"]
    assert world.pool.schedules == {}


def test_a_closed_schedule_can_be_opened_again() -> None:
    world = World()
    world.publish(schedule_entry())
    world.publish(schedule_entry(state="closed"))
    assert results(world.publish(schedule_entry())) == ["updated"]
    assert world.states() == ["free"] * 3


PROMISED: list[tuple[dict[str, Any], str]] = [
    ({"fee_fen": 5001}, "feeFen"),
    ({"title": "副主任医师"}, "title"),
    ({"date": VISIT + timedelta(days=1)}, "date"),
    ({"half_day": "afternoon"}, "halfDay"),
    ({"department_code": "0102"}, "departmentCode"),
]


@pytest.mark.parametrize("state", [NumberState.HELD, NumberState.SOLD])
@pytest.mark.parametrize(("changes", "field"), PROMISED)
def test_what_a_patient_was_promised_cannot_change(changes: dict[str, Any], field: str, state: NumberState) -> None:
    world = World()
    world.publish(schedule_entry())
    world.take(2, state)
    before = world.schedule()
    outcomes = world.publish(schedule_entry("b"), schedule_entry(**changes), schedule_entry("c"))
    assert results(outcomes) == ["created", "rejected", "created"]
    assert faulty_fields(outcomes[1]) == [field]
    assert (world.schedule(), world.states()) == (before, ["free", state, "free"])


@pytest.mark.parametrize(("changes", "field"), PROMISED)
def test_what_nobody_was_promised_may_change(changes: dict[str, Any], field: str) -> None:
    world = World()
    world.publish(schedule_entry())
    world.numbers.put(world.schedule().schedule_id, Number(1, NumberState.CLOSED))
    assert results(world.publish(schedule_entry(**changes))) == ["updated"]
    assert world.states() == ["closed", "free", "free"]


def test_title_and_fee_change_with_the_doctor_while_patients_have_numbers() -> None:
    world = World()
    world.publish(schedule_entry(doctor_name="林一"))
    world.take(1)
    assert results(world.publish(schedule_entry(doctor_name="林二", title="副主任医师", fee_fen=3000))) == ["updated"]


@pytest.mark.parametrize(("before", "after"), [("林一", "林 一"), ("林一", "")])
def test_a_name_that_goes_missing_or_is_written_otherwise_changes_no_fee_while_patients_have_numbers(before: str, after: str) -> None:
    world = World()
    world.publish(schedule_entry(doctor_name=before))
    world.take(1)
    outcomes = world.publish(schedule_entry(doctor_name=after, fee_fen=3000))
    assert (results(outcomes), faulty_fields(outcomes[0])) == (["rejected"], ["feeFen"])
    assert results(world.publish(schedule_entry(doctor_name=after))) == ["updated"]
    assert world.outbox.sent == []


def test_a_substitution_is_told_before_it_is_published_and_after_it_and_a_repeat_tells_nothing() -> None:
    """The first, in case the process dies, comes when no booking can have the former doctor any more."""
    world = World()
    world.publish(schedule_entry(doctor_name="林一"))
    for _ in range(2):
        world.publish(schedule_entry(doctor_name="林二"))
    schedule_id = world.schedule().schedule_id
    assert world.outbox.sent == [("Substitution", schedule_id, delay) for delay in (900, 0)]


def test_a_name_where_there_was_none_is_told_as_a_substitution_and_no_name_is_not() -> None:
    """Orders may name the doctor of before; each is compared with its own."""
    world = World()
    world.publish(schedule_entry(doctor_name="林一"))
    world.take(1)
    assert results(world.publish(schedule_entry(doctor_name=""))) == ["updated"]
    assert world.outbox.sent == []
    assert results(world.publish(schedule_entry(doctor_name="林二", title="副主任医师", fee_fen=3000))) == ["updated"]
    assert world.outbox.sent == [("Substitution", world.schedule().schedule_id, delay) for delay in (900, 0)]


def test_whoever_books_next_reads_what_was_published_unchanged_or_not() -> None:
    world = World()
    world.publish(schedule_entry("a"), schedule_entry("b"))
    for own_id in ("a", "b"):
        world.build_pool(own_id)
    world.publish(schedule_entry("a"))
    assert set(world.pool.schedules) == {schedule_id_of(CODE, "b")}


def test_many_pools_are_forgotten_in_few_round_trips_and_none_in_none() -> None:
    pool = FakePool()
    invalidate(pool, [])
    assert pool.calls == 0
    invalidate(pool, [f"s{n}" for n in range(2500)])
    assert (pool.calls, set(pool.epochs([f"s{n}" for n in range(2500)]))) == (3, {1})


def test_publishing_works_without_the_pools() -> None:
    world = World()
    world.pool.down = True
    assert results(world.publish(schedule_entry())) == ["created"]
    world.service().suspend(CODE, "a")
    world.service().remove_schedule(CODE, "a")


def test_a_batch_of_500_costs_a_few_requests_and_an_unchanged_one_none_to_the_numbers() -> None:
    world = World()
    batch = [schedule_entry(f"s{n}") for n in range(500)]
    assert results(world.publish(*batch)) == ["created"] * 500
    requests, calls, round_trips = world.catalog.requests, world.numbers.calls, world.pool.calls
    batch[7] = schedule_entry("s7", total=5)
    outcomes = world.publish(*batch)
    assert (outcomes[7].result, set(results(outcomes))) == ("updated", {"unchanged", "updated"})
    assert (world.catalog.requests - requests, world.numbers.calls - calls, world.pool.calls - round_trips) == (2, 1, 1)


def test_one_hospitals_publications_do_not_overtake_each_other() -> None:
    world = World()
    with world.publication_lock.of(CODE):
        for act in (lambda: world.publish(schedule_entry()), lambda: world.service().suspend(CODE, "a")):
            with pytest.raises(Unavailable):
                act()
        assert results(world.publish(schedule_entry(), code=OTHER)) == ["created"]
    assert results(world.publish(schedule_entry())) == ["created"]
