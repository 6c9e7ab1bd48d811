"""Builders of the notice and reminder use cases."""

from functools import cache

from guahao.adapters.dynamo.notices import DynamoOffers, DynamoSentNotices
from guahao.bootstrap import parts
from guahao.contracts.messages import Reminder
from guahao.runtime import settings
from guahao.usecases.notices.reminders import Reminders
from guahao.usecases.notices.sms import Notices


@cache
def notices() -> Notices:
    table, about = settings.text("NOTICES_TABLE"), (parts.orders(), parts.identities(), parts.accounts())
    return Notices(*about, DynamoSentNotices(table), DynamoOffers(table), parts.sms(), parts.vault(), parts.utc_now)


@cache
def reminders() -> Reminders:
    return Reminders(parts.order_index(), parts.outbox(Reminder), parts.utc_now)
