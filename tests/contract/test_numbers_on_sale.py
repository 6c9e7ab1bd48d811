"""Publishing totals while others book and give back between any two requests: never more is free than the total leaves."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from pynamodb.connection.base import Connection
from pynamodb.exceptions import UpdateError

from guahao.adapters.dynamo.numbers import DynamoNumbers, NumberItem
from guahao.domain.booking.order_states import NumberState

ROUNDS, MOST = 20, 5


class Hall:
    """One schedule, those who book in it and give back, and what was published of it."""

    def __init__(self, numbers: DynamoNumbers, rng: Random) -> None:
        self.numbers, self.rng, self.schedule_id = numbers, rng, uuid4().hex
        self.allowed, self.busy, self.writes = 0, True, 0

    def meet(self) -> None:
        """Let some book, give back or be refused, as the store of orders writes it, and look whether too much is free."""
        self.busy = True
        for _ in range(self.rng.choice([0, 1, 1, 3])):
            self._act(self.rng.randint(1, MOST))
            self.require()
        self.busy = False

    def require(self, *, exactly: bool = False) -> None:
        states = [number.state for number in self.numbers.of(self.schedule_id)]
        free, due = states.count(NumberState.FREE), max(0, self.allowed - self.gone())
        assert free == due if exactly else free <= due, (self.allowed, states)

    def gone(self) -> int:
        return sum(1 for item in NumberItem.query(self.schedule_id, consistent_read=True) if item.state != NumberState.FREE.value)

    def _act(self, number: int) -> None:
        taken = NumberItem.state == NumberState.SOLD.value
        free = (NumberItem.state == NumberState.FREE.value) & NumberItem.withdrawn.does_not_exist()
        after, before = self.rng.choice([(NumberState.SOLD, free)] * 4 + [(NumberState.FREE, taken)] * 4 + [(NumberState.CLOSED, taken)])
        with suppress(UpdateError):
            NumberItem(self.schedule_id, number).update(actions=[NumberItem.state.set(after.value)], condition=before)
            self.writes += 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_in_every_order_of_publishing_booking_and_giving_back_no_more_is_free_than_the_total_leaves(
    aws: dict[str, str], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    hall = Hall(DynamoNumbers(aws["NUMBERS_TABLE"]), rng)
    send = Connection._make_api_call

    def send_among_others(self: Connection, *arguments: Any, **named: Any) -> Any:
        if not hall.busy:
            hall.meet()
        return send(self, *arguments, **named)

    monkeypatch.setattr(Connection, "_make_api_call", send_among_others)
    total = 0
    for _ in range(ROUNDS):
        before, total = total, rng.randint(0, MOST)
        # A lower total is told afterwards, a higher one before.
        hall.allowed, hall.busy = max(before, total), False
        stays = hall.numbers.fit(hall.schedule_id, total, reopen=rng.random() < 0.5)
        hall.busy, hall.allowed = True, total
        if not stays:
            stays = hall.numbers.fit(hall.schedule_id, total, reopen=False)
            hall.require(exactly=True)
        for _ in range(3):
            hall.require(exactly=stays)
            hall.meet()
            hall.busy = True
    assert hall.writes > ROUNDS / 2
