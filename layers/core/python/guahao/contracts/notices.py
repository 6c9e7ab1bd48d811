"""What is asked of the SMS queue's handler."""

from __future__ import annotations

from pydantic import RootModel

from guahao.contracts.identity import IdentityNoticeMessage
from guahao.contracts.orders import NoticeMessage


class SmsMessage(RootModel[NoticeMessage | IdentityNoticeMessage]):
    """A notice of any kind; the fields tell which."""
