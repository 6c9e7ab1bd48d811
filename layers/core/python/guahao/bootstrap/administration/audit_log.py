"""Builder of the audit log reader."""

from functools import cache

from guahao.bootstrap import parts
from guahao.usecases.administration.audit_log import AuditLogReader


@cache
def audit_log_reader() -> AuditLogReader:
    return AuditLogReader(parts.audit_log(), parts.utc_now)
