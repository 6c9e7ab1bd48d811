"""The users as administrators deal with them."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.logins import DynamoLogins, UserLoginItem
from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.adapters.dynamo.users import DynamoUsers
from guahao.bootstrap.booking_policy import booking_policy
from guahao.runtime import settings
from guahao.usecases.users import Users


@cache
def users() -> Users:
    """Return the process's desk of users."""
    table, log = settings.text("ACCOUNTS_TABLE"), DynamoAuditLog(settings.text("AUDIT_LOG_TABLE"))
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    logins = DynamoLogins(UserLoginItem, table)
    return Users(DynamoAccounts(table), DynamoUsers(table, log), DynamoPatients(table), logins, log, vault, utc_now, booking_policy())
