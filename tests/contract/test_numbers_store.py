"""The numbers of new sessions, in DynamoDB and in the fake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.numbers import DynamoNumbers, NumberItem
from guahao.domain.booking import Number, NumberState
from tests.fakes.catalog import FakeNumbers


@dataclass
class Store:
    numbers: DynamoNumbers | FakeNumbers
    put: Callable[[str, Number], None]


def put_item(schedule_id: str, number: Number) -> None:
    NumberItem(schedule_id, number.number, state=number.state.value, order_id=number.order_id).save()


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        fake = FakeNumbers()
        return Store(fake, fake.put)
    return Store(DynamoNumbers(request.getfixturevalue("aws")["NUMBERS_TABLE"]), put_item)


@pytest.mark.parametrize("total", [0, 1, 100, 101, 250])
def test_a_session_gets_each_of_its_numbers_once_and_free(store: Store, total: int) -> None:
    schedule_id = uuid4().hex
    store.numbers.create(schedule_id, total)
    assert store.numbers.of(schedule_id) == [Number(n, NumberState.FREE) for n in range(1, total + 1)]


def test_making_the_numbers_again_never_frees_one_that_is_taken(store: Store) -> None:
    schedule_id, taken = uuid4().hex, Number(2, NumberState.SOLD, "o1")
    store.put(schedule_id, taken)
    for _ in range(2):
        store.numbers.create(schedule_id, 3)
    assert store.numbers.of(schedule_id) == [Number(1, NumberState.FREE), taken, Number(3, NumberState.FREE)]
