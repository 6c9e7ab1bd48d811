"""The numbers of new schedules, in DynamoDB and in the fake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.numbers import DynamoNumbers, NumberItem
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from tests.fakes.catalog import FakeNumbers


@dataclass
class Store:
    numbers: DynamoNumbers | FakeNumbers
    put: Callable[[str, Number], None]


def put_item(schedule_id: str, number: Number) -> None:
    changes = [NumberItem.state.set(number.state.value), NumberItem.order_id.set(number.order_id)]
    NumberItem(schedule_id, number.number).update(actions=changes)


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        fake = FakeNumbers()
        return Store(fake, fake.put)
    return Store(DynamoNumbers(request.getfixturevalue("aws")["NUMBERS_TABLE"]), put_item)


@pytest.mark.parametrize("total", [0, 1, 100, 101, 250])
def test_a_schedule_gets_each_of_its_numbers_once_and_free(store: Store, total: int) -> None:
    schedule_id = uuid4().hex
    store.numbers.fit(schedule_id, total)
    assert store.numbers.of(schedule_id) == [Number(n, NumberState.FREE) for n in range(1, total + 1)]


def test_making_the_numbers_again_never_frees_one_that_is_taken(store: Store) -> None:
    schedule_id, taken = uuid4().hex, Number(2, NumberState.SOLD, "o1")
    store.put(schedule_id, taken)
    for _ in range(2):
        store.numbers.fit(schedule_id, 3)
    assert store.numbers.of(schedule_id) == [Number(1, NumberState.FREE), taken, Number(3, NumberState.FREE)]


def test_a_larger_total_adds_numbers(store: Store) -> None:
    schedule_id = uuid4().hex
    store.numbers.fit(schedule_id, 2)
    for _ in range(2):
        store.numbers.fit(schedule_id, 4)
        assert store.numbers.of(schedule_id) == [Number(n, NumberState.FREE) for n in range(1, 5)]


def test_a_smaller_total_closes_free_numbers_and_no_other(store: Store) -> None:
    schedule_id, taken = uuid4().hex, Number(4, NumberState.HELD, "o1")
    store.numbers.fit(schedule_id, 4)
    store.put(schedule_id, taken)
    for _ in range(2):
        store.numbers.fit(schedule_id, 2)
        assert [n.state for n in store.numbers.of(schedule_id)] == ["free", "closed", "closed", "held"]
    assert store.numbers.of(schedule_id)[3] == taken


@pytest.mark.parametrize("back", [1, 2, 3])
def test_a_total_lowered_below_what_is_sold_sells_no_number_again_until_less_are_sold(store: Store, back: int) -> None:
    schedule_id = uuid4().hex
    store.numbers.fit(schedule_id, 3)
    for n in (1, 2, 3):
        store.put(schedule_id, Number(n, NumberState.SOLD, f"o{n}"))
    assert not store.numbers.fit(schedule_id, 1)
    assert [n.withdrawn for n in store.numbers.of(schedule_id)] == [True] * 3
    store.put(schedule_id, Number(back, NumberState.FREE))
    assert not store.numbers.fit(schedule_id, 1)
    assert free(store, schedule_id) == 0
    for n in (1, 2, 3):
        store.put(schedule_id, Number(n, NumberState.FREE))
    assert free(store, schedule_id) == 0
    assert store.numbers.fit(schedule_id, 1)
    assert free(store, schedule_id) == 1


def test_a_number_above_the_total_is_sold_again_while_no_more_than_the_total_are(store: Store) -> None:
    schedule_id = uuid4().hex
    store.numbers.fit(schedule_id, 2)
    store.put(schedule_id, Number(2, NumberState.SOLD, "o1"))
    assert store.numbers.fit(schedule_id, 1)
    assert [n.state for n in store.numbers.of(schedule_id)] == ["closed", "sold"]
    store.put(schedule_id, Number(2, NumberState.FREE))
    assert [n.state for n in store.numbers.of(schedule_id)] == ["closed", "free"]


def test_a_number_that_the_hospital_refused_counts_until_it_publishes(store: Store) -> None:
    schedule_id = uuid4().hex
    store.numbers.fit(schedule_id, 3)
    store.put(schedule_id, Number(2, NumberState.CLOSED))
    assert store.numbers.fit(schedule_id, 3, reopen=False)
    assert free(store, schedule_id) == 2
    assert store.numbers.fit(schedule_id, 2, reopen=False)
    assert free(store, schedule_id) == 1
    assert store.numbers.fit(schedule_id, 2)
    assert free(store, schedule_id) == 2


def free(store: Store, schedule_id: str) -> int:
    return sum(1 for number in store.numbers.of(schedule_id) if number.state is NumberState.FREE)


def test_a_schedule_published_anew_opens_what_was_withdrawn_and_what_the_hospital_had_refused(store: Store) -> None:
    schedule_id = uuid4().hex
    store.numbers.fit(schedule_id, 3)
    store.put(schedule_id, Number(2, NumberState.CLOSED))
    store.numbers.fit(schedule_id, 0)
    assert {n.state for n in store.numbers.of(schedule_id)} == {NumberState.CLOSED}
    store.numbers.fit(schedule_id, 3)
    assert [n.state for n in store.numbers.of(schedule_id)] == ["free", "free", "free"]
