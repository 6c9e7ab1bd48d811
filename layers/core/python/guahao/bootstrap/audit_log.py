"""The audit log, for who reads it."""

from __future__ import annotations

from functools import cache

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.runtime import settings
from guahao.usecases.audit_log import Deeds


@cache
def deeds() -> Deeds:
    """Return what administrators did."""
    return Deeds(DynamoAuditLog(settings.text("AUDIT_LOG_TABLE")), utc_now)
