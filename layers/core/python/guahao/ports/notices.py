"""What the use cases need to reach people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from guahao.domain.wording import Text

# Longer than whoever has a claim lives, so that one this old is taken back no more.
SENDING = timedelta(minutes=1)


class Sms(Protocol):
    def send(self, phone: str, text: Text) -> None:
        """Hand the text to the operator for an 11-digit mainland number, or raise Unavailable if it was surely not taken.

        Whether it was taken is not always known; what is sent again would then come twice, so it counts as taken.
        """
        ...


class SentNotices(Protocol):
    """Which notices were sent; the subject is what they are about."""

    def claim(self, subject: str, kind: str, now: datetime) -> bool:
        """Note that the notice is being sent; False if it was sent, Unavailable while somebody may still be at it and fail."""
        ...

    def release(self, subject: str, kind: str) -> None:
        """Take the claim back, because the notice was not sent."""
        ...
