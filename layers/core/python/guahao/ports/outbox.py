"""What the use cases need to say that something must happen later. Messages carry ids only, never personal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from guahao.contracts import Message
from guahao.contracts.orders import NoticeKind


class Outbox(Protocol):
    """Each message arrives at least once, in any order."""

    def expire_hold(self, order_id: str, delay_seconds: int) -> None: ...

    def tell_hospital(self, order_id: str) -> None: ...

    def notify(self, order_id: str, kind: NoticeKind) -> None: ...

    def settle(self, order_id: str) -> None: ...

    def count(self, order_id: str) -> None: ...


class Queue(Protocol):
    """A queue of ours that takes many messages at once; each arrives at least once, in any order."""

    def put(self, messages: Iterable[Message]) -> int:
        """Put in all the messages and return how many, or raise Unavailable with some of them in it."""
        ...


class Suspensions(Protocol):
    """Each message arrives at least once, in any order."""

    def suspend(self, schedule_id: str, delay_seconds: int = 0) -> None:
        """Have all cancelled that is booked in the session, if the catalogue shows it as suspended when the message comes."""
        ...
