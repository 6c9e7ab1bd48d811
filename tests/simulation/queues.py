"""Streams and queues as AWS keeps them: everything arrives at least once, a stream in the order of each order's changes, a queue in any."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from guahao.contracts.messages import QueueMessage
from guahao.domain.booking.ledger import Ledger
from guahao.domain.booking.orders import Order
from guahao.domain.booking.unpaid import Tally
from guahao.domain.errors import Unavailable
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock

Change = tuple[Order | None, Order]

MOST_ATTEMPTS = 5
"""So often a message fails before it is among the dead letters, if it may be lost."""


@dataclass(eq=False)
class Message:
    """Something to do about an order, a schedule or nothing in particular, not before it is due."""

    kind: str
    about: str
    due: datetime
    detail: str = ""
    attempts: int = 0
    deleted: bool = False


class StreamedOrders(FakeOrders):
    """The store, whose stream keeps the changes of each order in their order until they are taken; `written` are all there ever were.

    Whoever `watches` is told of each change as it happens.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stream: dict[str, deque[Change]] = {}
        self.written: list[Order] = []
        self.watches: Callable[[Order | None, Order], None] = lambda before, after: None

    def place(self, order: Order, ledger: Ledger, tally: Tally | None = None) -> None:
        super().place(order, ledger, tally)
        self._note(None, order)

    def move(self, before: Order, after: Order, ledger: Ledger | None = None, tally: Tally | None = None) -> None:
        super().move(before, after, ledger, tally)
        self._note(before, after)

    def _note(self, before: Order | None, after: Order) -> None:
        self.written.append(after)
        self.stream.setdefault(after.order_id, deque()).append((before, after))
        self.watches(before, after)


@dataclass
class Queues:
    """All queues. They lose a share of the messages of the kinds that `may_be_lost`, and tell what they have `lost`."""

    clock: FakeClock
    rng: Random
    may_be_lost: Collection[str]
    loss: float
    waiting: list[Message] = field(default_factory=list)
    lost: set[tuple[str, str]] = field(default_factory=set)

    def put(self, kind: str, about: str = "", delay_seconds: float = 0, detail: str = "") -> None:
        """Put in something that is to be done."""
        if self.loss and kind in self.may_be_lost and self.rng.random() < self.loss:
            self.lost.add((kind, about))
            return
        self.waiting.append(Message(kind, about, self.clock() + timedelta(seconds=delay_seconds), detail))

    def again(self, message: Message) -> None:
        """Take back a message that a delivery failed with, unless another one is on its way or has succeeded."""
        if message.deleted or message in self.waiting:
            return
        message.attempts += 1
        if self.loss and message.attempts >= MOST_ATTEMPTS and message.kind in self.may_be_lost:
            self.lost.add((message.kind, message.about))
            return
        message.due = self.clock() + timedelta(seconds=min(15 << message.attempts, 3600))
        self.waiting.append(message)

    def delete(self, message: Message) -> None:
        """Delete a message that a delivery succeeded with: it fails no more, and a copy that is left of it comes rarely."""
        message.deleted = True
        if message in self.waiting and self.rng.random() < 0.5:
            self.waiting.remove(message)

    def due(self) -> list[Message]:
        now = self.clock()
        return [message for message in self.waiting if message.due <= now]

    def send(self, message: QueueMessage, delay_seconds: int = 0) -> None:
        """Take a message of the product."""
        fields = message.model_dump(exclude={"version", "correlation_id", "origin_id"})
        self.put(type(message).__name__, next(iter(fields.values())), min(delay_seconds, 900), fields.get("kind", ""))


@dataclass
class ManyAtOnce:
    """The queues as who sends many messages at once meets them: they take all, or only some."""

    queues: Queues
    fails: Callable[[], bool]

    def send_all(self, messages: Iterable[QueueMessage]) -> int:
        sent = 0
        for message in messages:
            if self.fails():
                raise Unavailable("The queue does not take all messages.")
            self.queues.send(message)
            sent += 1
        return sent
