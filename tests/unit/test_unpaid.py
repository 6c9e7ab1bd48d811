"""Limits on unpaid holds: how many may end without payment, how many may be there at once, who counts together, and what does not count."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from guahao.domain.booking.orders import Order
from guahao.domain.errors import UnpaidEnds, UnpaidHolds
from tests.builders import NOW
from tests.unit.holding import DAY, SCHEDULES, World, persons


@pytest.mark.parametrize("down", [False, True], ids=["with a pool", "without"])
def test_two_unpaid_ends_of_an_account_in_a_schedule_are_the_most(down: bool) -> None:
    world = World()
    world.pool.down = down
    first, second, third = persons(world, 3)
    world.let_go(first)
    world.clock.advance(minutes=60)
    world.let_go(second)
    assert world.refusal(third) == (UnpaidEnds, "unpaidEndsPerSchedule@2026-2", NOW + DAY)
    assert world.book(third, "s1")
    assert [number.order_id for number in world.orders.numbers_of("s0")] == ["", "", ""]


def test_three_unpaid_ends_of_a_person_are_the_most() -> None:
    world = World()
    one, other = persons(world, 2)
    for n in range(3):
        world.let_go(one, f"s{n}")
        world.clock.advance(minutes=1)
    assert world.refusal(one, "s3") == (UnpaidEnds, "unpaidEndsPerPerson@2026-2", NOW + DAY)
    assert world.book(other, "s3")


def test_six_unpaid_ends_of_an_account_are_the_most() -> None:
    world = World()
    for n, one in enumerate(persons(world, 6)):
        world.let_go(one, f"s{n}")
        world.clock.advance(minutes=1)
    newcomer = world.register("new", proven_by="of-new")
    assert world.refusal(newcomer, "s6") == (UnpaidEnds, "unpaidEndsPerAccount@2026-2", NOW + DAY)


def test_what_is_refused_is_possible_from_the_moment_on_that_it_names() -> None:
    world = World()
    one, other, third = persons(world, 3)
    world.let_go(one)
    world.clock.advance(minutes=60)
    world.let_go(other)
    world.clock.now = NOW + DAY - timedelta(seconds=1)
    assert world.refusal(third)[0] is UnpaidEnds
    world.clock.now = NOW + DAY
    world.let_go(third)
    assert world.refusal(third)[2] == NOW + timedelta(minutes=60) + DAY


def test_of_several_limits_the_one_that_holds_longest_is_named() -> None:
    world = World()
    one, other = persons(world, 2)
    for _ in range(2):
        world.let_go(other)
    world.clock.advance(minutes=30)
    for n in (1, 2, 3):
        world.let_go(one, f"s{n}")
    assert world.refusal(one) == (UnpaidEnds, "unpaidEndsPerPerson@2026-2", NOW + timedelta(minutes=30) + DAY)


def test_a_hold_that_expires_is_an_unpaid_end_as_one_that_is_cancelled() -> None:
    world = World()
    one, other, third = persons(world, 3)
    world.let_expire(world.book(one))
    world.let_expire(world.book(other))
    assert world.refusal(third)[:2] == (UnpaidEnds, "unpaidEndsPerSchedule@2026-2")


def test_patients_whom_nobody_has_proven_count_as_one_person_of_their_account() -> None:
    world = World()
    for n in range(3):
        world.let_go(world.register(f"invented{n}"), f"s{n}")
    assert world.refusal(world.register("invented3"), "s3")[1] == "unpaidEndsPerPerson@2026-2"
    assert world.book(world.register("me", proven_by="u1"), "s3")
    assert world.book(world.register("elsewhere", "u2"), "s3", "u2")


def test_unpaid_ends_of_a_proven_person_count_in_all_accounts_but_shut_nobody_out_of_their_own() -> None:
    world = World()
    world.register("mine", "u1", proven_by="u1", person="me")
    world.register("theirs", "u2", person="me")
    for n in range(3):
        world.let_go("theirs", f"s{n}", "u2")
    assert world.refusal("theirs", "s3", "u2")[1] == "unpaidEndsPerPerson@2026-2"
    for n in range(3):
        world.let_go("mine", f"s{n}")
    assert world.refusal("mine", "s4")[1] == "unpaidEndsPerPerson@2026-2"


def test_a_stranger_cannot_use_up_what_an_unproven_person_may_do() -> None:
    world = World()
    world.register("child", "u1", person="child")
    world.register("of-a-stranger", "u2", person="child")
    for n in range(3):
        world.let_go("of-a-stranger", f"s{n}", "u2")
    assert world.book("child", "s3")


def test_two_unpaid_holds_at_once_are_the_most_and_three_where_the_persons_differ() -> None:
    world = World()
    one, other, third, fourth = persons(world, 4)
    first_ends = world.book(one, "s0").hold_until
    world.clock.advance(minutes=5)
    world.book(other, "s1")
    assert world.refusal(one, "s2") == (UnpaidHolds, "unpaidHolds@2026-2", first_ends)
    world.book(third, "s2")
    assert world.refusal(fourth, "s3") == (UnpaidHolds, "unpaidHolds@2026-2", first_ends)


def test_patients_whom_nobody_has_proven_do_not_differ() -> None:
    world = World()
    world.book(world.register("invented0"), "s0")
    world.book(world.register("invented1"), "s1")
    assert world.refusal(world.register("invented2"), "s2")[0] is UnpaidHolds
    assert world.refusal(world.register("me", proven_by="u1"), "s2")[0] is UnpaidHolds


def test_whoever_pays_or_cancels_may_hold_another_number_at_once() -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    paid, given_up = world.book(one, "s0"), world.book(one, "s1")
    world.pay(paid)
    kept = world.book(one, "s2")
    assert world.refusal(one, "s3")[0] is UnpaidHolds
    world.booking.cancel("u1", given_up.order_id)
    world.book(one, "s3")
    held = [entry.order_id for entry in world.orders.tally("u1").entries if not entry.ended_at]
    assert held[0] == kept.order_id


def test_a_hold_whose_time_is_over_is_no_hold_and_its_end_counts_however_late_it_is_noted() -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    late = [world.book(one, "s0"), world.book(one, "s1")]
    world.clock.now = late[0].hold_until
    world.book(one, "s2")
    for order in late:
        world.let_expire(order)
    assert world.orders.tally("u1").entries[-1].ended_at == world.clock.now
    world.let_go(one, "s3")
    assert world.refusal(one, "s4")[1] == "unpaidEndsPerPerson@2026-2"


def test_a_hold_that_ends_more_than_a_day_late_counts_though_another_number_was_held_meanwhile() -> None:
    world = World()
    one, two, three = persons(world, 3)
    late = [world.book(one), world.book(two)]
    world.clock.advance(hours=40)
    world.pay(world.book(three, "s1"))
    for order in late:
        world.let_expire(order)
        world.pool.put_back("s0", order.visit.number)
    assert world.refusal(three) == (UnpaidEnds, "unpaidEndsPerSchedule@2026-2", world.clock() + DAY)


def test_a_refusal_costs_no_more_round_trips_than_that_of_a_cap_and_leaves_the_number_free() -> None:
    world = World()
    one, other, third = persons(world, 3)
    world.let_go(one)
    world.let_go(other)
    calls, writes = world.pool.calls, world.orders.writes
    assert world.refusal(third)[0] is UnpaidEnds
    # The number that was taken, and given back.
    assert (world.pool.calls - calls, world.orders.writes - writes) == (2, 0)


def test_two_requests_at_once_do_not_pass_a_limit_together() -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    world.book(one, "s0")
    plain, faster = world.orders.place, list[Order]()

    def place(order: Order, *written: object) -> None:
        if not faster:
            faster.append(order)
            world.book(one, "s1")
        plain(order, *written)  # type: ignore[arg-type]

    world.orders.place = place  # type: ignore[method-assign]
    assert world.refusal(one, "s2")[0] is UnpaidHolds
    assert len(world.orders.orders) == 2


def test_an_account_that_books_and_cancels_all_day_takes_six_holds_and_no_more() -> None:
    world = World()
    people, ended = [world.register("me", proven_by="u1"), *(world.register(f"invented{n}") for n in range(9))], 0
    for n in range(DAY // timedelta(minutes=7)):
        with suppress(UnpaidEnds):
            world.let_go(people[n % 10], f"s{n % SCHEDULES}")
            ended += 1
        world.clock.advance(minutes=7)
    assert ended == 6
