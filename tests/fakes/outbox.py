"""Messages that were sent, kept to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from guahao.contracts import Message
from guahao.contracts.orders import NoticeKind
from guahao.domain.errors import Unavailable


class FakeOutbox:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str, object]] = []

    def expire_hold(self, order_id: str, delay_seconds: int) -> None:
        self.sent.append(("expireHold", order_id, delay_seconds))

    def tell_hospital(self, order_id: str) -> None:
        self.sent.append(("tellHospital", order_id, None))

    def notify(self, order_id: str, kind: NoticeKind) -> None:
        self.sent.append(("notify", order_id, kind.value))

    def settle(self, order_id: str) -> None:
        self.sent.append(("settle", order_id, None))

    def count(self, order_id: str) -> None:
        self.sent.append(("count", order_id, None))

    def suspend(self, schedule_id: str, delay_seconds: int = 0) -> None:
        self.sent.append(("suspend", schedule_id, delay_seconds))


@dataclass
class FakeQueue:
    """A queue that takes many messages at once; it breaks off once it has taken `room` of them."""

    messages: list[Message] = field(default_factory=list)
    room: int | None = None

    def put(self, messages: Iterable[Message]) -> int:
        before = len(self.messages)
        for message in messages:
            if len(self.messages) == self.room:
                raise Unavailable("The queue does not answer.")
            self.messages.append(message)
        return len(self.messages) - before
