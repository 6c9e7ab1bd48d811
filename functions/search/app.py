"""Searching across hospitals, for anyone."""

from guahao.bootstrap.catalog import earliest_sessions
from guahao.runtime.api import Allow, Api, Call
from schemas import EarliestAnswer, EarliestQuery

handler = Api("search")


@handler.route("GET", "/api/search/earliest", allow=Allow.ANYONE, input=EarliestQuery, answer=EarliestAnswer)
def earliest(call: Call[EarliestQuery]) -> EarliestAnswer:
    """List the earliest sessions with free numbers in departments of a name."""
    asked = call.input
    return EarliestAnswer.model_validate({"items": earliest_sessions().find(asked.department_name, asked.city, asked.limit)})
