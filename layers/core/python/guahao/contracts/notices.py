"""What is asked of the SMS queue's handler."""

from __future__ import annotations

from pydantic import ConfigDict, RootModel

from guahao.contracts.identity import IdentityNoticeMessage
from guahao.contracts.orders import NoticeMessage


class SmsMessage(RootModel[NoticeMessage | IdentityNoticeMessage]):
    """A notice of any kind; the fields tell which."""

    model_config = ConfigDict(hide_input_in_errors=True)
