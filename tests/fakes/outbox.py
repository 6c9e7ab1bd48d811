"""Messages that were sent, kept to be looked at."""

from __future__ import annotations

from collections.abc import Iterable

from guahao.contracts.messages import QueueMessage
from guahao.domain.errors import Unavailable


class FakeOutbox:
    """An outbox; of many messages at once it breaks off once it has taken `room` of them. `sent` tells kind, subject and delay of each."""

    def __init__(self, room: int | None = None) -> None:
        self.messages: list[QueueMessage] = []
        self.sent: list[tuple[str, str, object]] = []
        self.room = room

    def send(self, message: QueueMessage, delay_seconds: int = 0) -> None:
        self.messages.append(message)
        fields = message.model_dump(exclude={"version", "correlation_id", "origin_id"})
        self.sent.append((type(message).__name__, next(iter(fields.values())), fields.get("kind", delay_seconds)))

    def send_all(self, messages: Iterable[QueueMessage]) -> int:
        before = len(self.messages)
        for message in messages:
            if len(self.messages) == self.room:
                raise Unavailable("The queue does not answer.")
            self.send(message)
        return len(self.messages) - before
