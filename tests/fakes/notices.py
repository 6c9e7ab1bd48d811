"""An SMS operator that keeps what it was given."""

from __future__ import annotations

from dataclasses import dataclass, field

from guahao.domain.errors import Unavailable
from guahao.domain.wording import Text, worded


@dataclass
class FakeSms:
    """`broken` makes every sending fail."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False

    def send(self, phone: str, text: Text) -> None:
        if self.broken:
            raise Unavailable("The operator does not answer.")
        self.sent.append((phone, worded(text)))


@dataclass
class FakeSentNotices:
    claimed: set[tuple[str, str]] = field(default_factory=set)

    def claim(self, subject: str, kind: str) -> bool:
        if (subject, kind) in self.claimed:
            return False
        self.claimed.add((subject, kind))
        return True

    def release(self, subject: str, kind: str) -> None:
        self.claimed.discard((subject, kind))
