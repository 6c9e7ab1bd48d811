"""The audit log: who did what."""

from guahao.bootstrap.administration.audit_log import audit_log_reader
from guahao.contracts.queries import AuditLogQuery
from guahao.runtime.api import Allow, Api, Call
from schemas import AuditEntryList

handler = Api("audit_log")


@handler.route("GET", "/api/admin/audit-log", allow=Allow.AUDITOR, input=AuditLogQuery, answer=AuditEntryList)
def find(call: Call[AuditLogQuery]) -> AuditEntryList:
    """List what administrators did on some days, newest first, of one of them or of all; an auditor sees what was done with identities."""
    return AuditEntryList.model_validate(audit_log_reader().find(call.role, call.input))
