"""SMS and the record of sent notices, as the use cases need them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from guahao.domain.notices.wording import Text

# Longer than any process with a claim lives, so that nobody can take back an older claim.
SENDING = timedelta(minutes=1)


class Sms(Protocol):
    def send(self, phone: str, text: Text) -> None:
        """Send the text to a mainland number of 11 digits, or raise Unavailable if the operator surely did not take it.

        What the operator takes at no time raises SmsRefused. Whether it was taken is not always known; what is sent again would then come
        twice, so it counts as taken.
        """
        ...


class SentNotices(Protocol):
    """The notices that were sent; `subject` names the order or submission of a notice."""

    def claim(self, subject: str, kind: str, now: datetime) -> bool:
        """Claim the notice for sending. Return False if it was sent; raise Unavailable while another process may still be sending it."""
        ...

    def release(self, subject: str, kind: str) -> None:
        """Take the claim back, because the notice was not sent."""
        ...
