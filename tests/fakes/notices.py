"""An SMS operator that keeps what it was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from guahao.domain.errors import SmsRefused, Unavailable
from guahao.domain.notices.wording import Text, worded
from guahao.ports.notices.notices import SENDING


@dataclass
class FakeSms:
    """`broken` makes every sending fail, `refusing` for good."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False
    refusing: bool = False

    def send(self, phone: str, text: Text) -> None:
        if self.broken:
            raise Unavailable("The operator does not answer.")
        if self.refusing:
            raise SmsRefused("refused")
        self.sent.append((phone, worded(text)))


@dataclass
class FakeSentNotices:
    claimed: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def claim(self, subject: str, kind: str, now: datetime) -> bool:
        if first := self.claimed.get((subject, kind)):
            if first > now - SENDING:
                raise Unavailable("The notice is being sent by somebody else.")
            return False
        self.claimed[subject, kind] = now
        return True

    def release(self, subject: str, kind: str) -> None:
        self.claimed.pop((subject, kind), None)
