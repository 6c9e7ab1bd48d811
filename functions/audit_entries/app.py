"""Who did what."""

from guahao.bootstrap.audit_log import deeds
from guahao.runtime.api import Allow, Api, Call
from schemas import EntryList, EntryQuery

handler = Api("audit_entries")


@handler.route("GET", "/api/admin/audit-log", allow=Allow.OWNER, input=EntryQuery, answer=EntryList)
def find(call: Call[EntryQuery]) -> EntryList:
    """List what administrators did, newest first: of some days, of one of them or all."""
    asked = call.input
    return EntryList.model_validate(deeds().find(asked.actor, asked.first, asked.last, asked.limit, asked.cursor))
