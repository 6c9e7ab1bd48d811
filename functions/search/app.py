"""Searching across hospitals, for anyone."""

from guahao.bootstrap.catalog.schedules import earliest_schedules
from guahao.contracts.queries import EarliestQuery
from guahao.runtime.api import Allow, Api, Call
from schemas import EarliestAnswer

handler = Api("search")


@handler.route("GET", "/api/search/earliest", allow=Allow.ANYONE, input=EarliestQuery, answer=EarliestAnswer)
def earliest(call: Call[EarliestQuery]) -> EarliestAnswer:
    """List the earliest schedules with free numbers in departments whose names contain the text."""
    return EarliestAnswer.model_validate({"items": earliest_schedules().find(call.input)})
