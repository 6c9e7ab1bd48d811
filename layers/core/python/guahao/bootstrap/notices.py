"""Joins notices with the SMS service, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.notices import DynamoOffers, DynamoSentNotices
from guahao.bootstrap.identities import identity_store
from guahao.bootstrap.orders import order_store
from guahao.bootstrap.sms import sms
from guahao.runtime import settings
from guahao.usecases.notices import Notices


@cache
def notices() -> Notices:
    """Return what sends the SMS of orders and identities."""
    return Notices(
        orders=order_store(),
        identities=identity_store(),
        accounts=DynamoAccounts(settings.text("ACCOUNTS_TABLE")),
        sent=DynamoSentNotices(settings.text("NOTICES_TABLE")),
        offers=DynamoOffers(settings.text("NOTICES_TABLE")),
        sms=sms(),
        vault=KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY")),
        clock=utc_now,
    )


def postpone_reminder(receipt_handle: str, seconds: int) -> None:
    """Let the message of a reminder that failed come again after so many seconds."""
    from guahao.adapters.aws.queues import postpone

    postpone(client("sqs"), settings.text("REMINDERS_QUEUE"), receipt_handle, seconds)
