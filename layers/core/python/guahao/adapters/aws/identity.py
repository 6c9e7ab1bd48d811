"""Messages about identities to our own queues."""

from __future__ import annotations

from typing import Any

from guahao.adapters.aws.queues import send_message
from guahao.contracts.identity import IdentityNoticeKind, IdentityNoticeMessage


class SqsIdentityOutbox:
    """The outbox on SQS; see `ports.identity.IdentityOutbox`."""

    def __init__(self, sqs: Any, sms_queue: str) -> None:
        self._sqs = sqs
        self._sms_queue = sms_queue

    def notify(self, user_id: str, submission_id: str, kind: IdentityNoticeKind) -> None:
        send_message(self._sqs, self._sms_queue, IdentityNoticeMessage(user_id=user_id, submission_id=submission_id, kind=kind))
