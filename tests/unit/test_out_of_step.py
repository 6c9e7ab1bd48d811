"""The numbers of a schedule and its total come in step, whoever published, booked and gave back in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guahao.domain.booking.numbers_on_sale import on_sale, stays_right
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.usecases.reconciliation.out_of_step import OutOfStep
from tests.builders import NOW, schedule_entry
from tests.fakes.catalog import FakeNumbers
from tests.fakes.clock import FakeClock
from tests.killing import deaths
from tests.publishing import CODE, World, results


@pytest.mark.parametrize(
    ("gone", "total", "expected"),
    [
        ((), 3, {1, 2, 3}),
        ((2,), 3, {1, 2, 3}),
        ((7, 9), 3, {1, 7, 9}),
        ((1, 2, 3), 3, {1, 2, 3}),
        ((1, 2, 3), 2, set()),
        ((), 0, set()),
    ],
)
def test_on_sale_are_as_many_numbers_as_the_total_and_none_while_more_are_gone(gone: tuple[int], total: int, expected: set[int]) -> None:
    assert on_sale(gone, total) == expected
    assert stays_right(gone, total) is (len(gone) <= total)


def lowered(sold: int, total: int) -> World:
    """Return a world whose schedule of three has so many sold and then the total published."""
    world = World()
    world.publish(schedule_entry(total=3))
    for n in range(1, sold + 1):
        world.take(n)
    assert results(world.publish(schedule_entry(total=total))) == ["updated"]
    return world


def give_back(world: World, number: int) -> None:
    world.numbers.put(schedule_id_of(CODE, "a"), Number(number, NumberState.FREE))


def reconcile(world: World) -> dict[str, int]:
    run = OutOfStep(world.catalog, world.numbers, world.pool, world.publication_lock, FakeClock(NOW))
    return dict(run.run(NOW + timedelta(minutes=1)))


@pytest.mark.parametrize("publishes", [True, False])
def test_a_total_lowered_below_what_is_sold_sells_again_only_what_it_leaves(publishes: bool) -> None:
    world = lowered(sold=3, total=1)
    assert not world.schedule().in_step
    for number, free in ((1, 0), (3, 0), (2, 1)):
        give_back(world, number)
        assert world.states().count("free") == free
        if publishes:
            assert results(world.publish(schedule_entry(total=1))) == ["unchanged"]
        else:
            reconcile(world)
        assert world.states().count("free") == free
        assert world.schedule().in_step is (number != 1)


def test_a_pool_does_not_show_a_number_that_came_back_above_the_total() -> None:
    world = lowered(sold=3, total=1)
    world.build_pool()
    give_back(world, 1)
    world.pool.put_back(schedule_id_of(CODE, "a"), 1)
    assert world.pool.free_counts([schedule_id_of(CODE, "a")], NOW) == [0]


def test_reconciliation_tells_what_it_brought_in_step_and_leaves_the_rest() -> None:
    world = lowered(sold=3, total=1)
    assert reconcile(world) == {"schedulesInStep": 0, "remaining": 0}
    give_back(world, 1)
    give_back(world, 2)
    world.build_pool()
    assert reconcile(world) == {"schedulesInStep": 1, "remaining": 0}
    assert world.pool.schedules == {}
    assert reconcile(world) == {"schedulesInStep": 0, "remaining": 0}


def test_a_hospital_that_is_publishing_is_left_to_the_next_run() -> None:
    world = lowered(sold=3, total=1)
    with world.publication_lock.of(CODE):
        assert reconcile(world) == {"schedulesInStep": 0, "remaining": 1}


def test_one_schedule_that_fails_keeps_no_other_waiting() -> None:
    world = World()

    class Failing(FakeNumbers):
        def fit(self, schedule_id: str, total: int, *, reopen: bool = True) -> bool:
            if schedule_id == schedule_id_of(CODE, "a"):
                raise RuntimeError
            return super().fit(schedule_id, total, reopen=reopen)

    world.publish(schedule_entry("a"), schedule_entry("b"))
    for own_id in ("a", "b"):
        for n in (1, 2, 3):
            world.take(n, own_id=own_id)
    world.publish(schedule_entry("a", total=1), schedule_entry("b", total=1))
    run = OutOfStep(world.catalog, Failing(), world.pool, world.publication_lock, FakeClock(NOW))
    assert run.run(NOW + timedelta(minutes=1)) == {"schedulesInStep": 1, "remaining": 1}


@pytest.mark.parametrize("total", [1, 2, 5])
def test_a_publication_that_is_killed_anywhere_shows_no_more_free_than_the_catalogue_has_and_is_ended(total: int) -> None:
    worlds: list[World] = []

    def setup(killer: object) -> None:
        worlds.append(world := World())
        world.publish(schedule_entry(total=3))
        world.take(1)
        world.service(killer).publish_schedules(CODE, [schedule_entry(total=total)])  # type: ignore[arg-type]

    for _ in deaths(setup):
        world = worlds[-1]
        assert world.states().count("free") <= world.schedule().total - 1
        reconcile(world)
        assert world.schedule().in_step
        assert world.schedule().total in (3, total)
        assert world.states().count("free") == world.schedule().total - 1
