"""The messages of our queues, version 1. They carry ids only and the handler reads the rest, so a late or repeated one does no harm."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import ConfigDict, RootModel

from guahao.contracts import Message


class QueueMessage(Message):
    """A task. `queue` is the environment variable with the address of the queue for this kind.

    `correlation_id` is that of the request or timer that caused the task, `origin_id` that of the request that made its order.
    """

    queue: ClassVar[str]

    version: Literal[1] = 1
    correlation_id: str = ""
    origin_id: str = ""


class OrderMessage(QueueMessage):
    order_id: str


class HoldEnd(OrderMessage):
    """Cancel the order if its hold has ended unpaid."""

    queue = "HOLD_EXPIRY_QUEUE"


class PartnerCall(OrderMessage):
    """Tell the hospital's system what it does not know about the order yet."""

    queue = "PARTNER_CALLS_QUEUE"


class Settlement(OrderMessage):
    """Close or refund the payment of the cancelled order."""

    queue = "SETTLEMENTS_QUEUE"


class Count(OrderMessage):
    """Count the order in the statistics in its present state."""

    queue = "STATISTICS_QUEUE"


class NoShowCheck(OrderMessage):
    """Mark the order as a no-show unless its patient came."""

    queue = "NO_SHOWS_QUEUE"


class NoticeKind(StrEnum):
    PAID = "paid"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    SUBSTITUTED = "substituted"


class OrderNotice(OrderMessage):
    """Send the user this notice about the order, once."""

    queue = "SMS_QUEUE"

    kind: NoticeKind


class Reminder(OrderNotice):
    """Remind the user of the visit, once. It has a queue of its own, so that the reminders of a day do not delay other SMS."""

    queue = "REMINDERS_QUEUE"

    kind: Literal[NoticeKind.REMINDER] = NoticeKind.REMINDER


class IdentityNoticeKind(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"


class IdentityNotice(QueueMessage):
    """Tell the user about the decision on their submission, once."""

    queue = "SMS_QUEUE"

    user_id: str
    submission_id: str
    kind: IdentityNoticeKind


class SmsMessage(RootModel[OrderNotice | IdentityNotice]):
    """A notice of any kind; the fields tell which."""

    model_config = ConfigDict(hide_input_in_errors=True)


class Suspension(QueueMessage):
    """Cancel the orders of the schedule if the catalogue shows it as suspended."""

    queue = "SUSPENSIONS_QUEUE"

    schedule_id: str


class Substitution(QueueMessage):
    """Have the orders of the schedule name the doctor whom the catalogue names."""

    queue = "SUBSTITUTIONS_QUEUE"

    schedule_id: str


class JobRequest(QueueMessage):
    """Do the job, unless it has ended."""

    job_id: str


class ExportRequest(JobRequest):
    queue = "EXPORTS_QUEUE"


class ImportRequest(JobRequest):
    queue = "IMPORTS_QUEUE"
