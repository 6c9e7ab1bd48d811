"""The outbox as the use cases need it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from guahao.contracts.messages import QueueMessage


class Outbox(Protocol):
    """Sends messages to our queues. Each arrives at least once, in any order; raises `Unavailable` if a queue does not take it."""

    def send(self, message: QueueMessage, delay_seconds: int = 0) -> None:
        """Send the message to the queue of its kind, to arrive after so many seconds, 900 at most."""
        ...

    def send_all(self, messages: Iterable[QueueMessage]) -> int:
        """Send messages of one kind and return how many, or raise `Unavailable`, after which some may have been sent."""
        ...
