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
        assert [n.state for n in store.numbers.of(schedule_id)] == [*["free"] * 2, "closed", "held"]
    assert store.numbers.of(schedule_id)[3] == taken


def test_a_number_given_back_above_the_total_stays_closed(store: Store) -> None:
    schedule_id = uuid4().hex
    store.numbers.fit(schedule_id, 2)
    store.put(schedule_id, Number(2, NumberState.SOLD, "o1"))
    store.numbers.fit(schedule_id, 1)
    store.put(schedule_id, Number(2, NumberState.FREE))
    assert [n.state for n in store.numbers.of(schedule_id)] == ["free", "closed"]


def test_a_schedule_published_anew_opens_what_was_withdrawn_and_what_the_hospital_had_refused(store: Store) -> None:
    schedule_id = uuid4().hex
    store.numbers.fit(schedule_id, 3)
    store.put(schedule_id, Number(2, NumberState.CLOSED))
    store.numbers.fit(schedule_id, 0)
    assert {n.state for n in store.numbers.of(schedule_id)} == {NumberState.CLOSED}
    store.numbers.fit(schedule_id, 3)
    assert [n.state for n in store.numbers.of(schedule_id)] == ["free", "free", "free"]
