"""The store of identities, for every capability that reads or decides on them."""

from __future__ import annotations

from functools import cache

from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.identities import DynamoIdentities
from guahao.runtime import settings


@cache
def identity_store() -> DynamoIdentities:
    """Return the process's store of identities."""
    log = DynamoAuditLog(settings.text("AUDIT_LOG_TABLE"))
    return DynamoIdentities(settings.text("IDENTITIES_TABLE"), settings.text("ACCOUNTS_TABLE"), log)
