"""A hospital's sessions, as the hospital itself publishes them."""

from guahao.bootstrap.publishing import prove, session_publishing
from guahao.contracts.gateway import BatchAnswer, SchedulesBody
from guahao.runtime.api import Allow, Answer, Api, Call
from schemas import OwnSchedulesAnswer, OwnSchedulesQuery

handler = Api("gateway_schedules", prove)

SCHEDULES = "/api/gateway/schedules"


@handler.route("PUT", SCHEDULES, allow=Allow.HOSPITAL, input=SchedulesBody, answer=BatchAnswer)
def publish(call: Call[SchedulesBody]) -> BatchAnswer:
    """Create or change sessions, up to 500; the answer says of each, in order, what became of it."""
    return BatchAnswer.model_validate({"items": session_publishing().publish_schedules(call.principal, call.input.items)})


@handler.route("GET", SCHEDULES, allow=Allow.HOSPITAL, input=OwnSchedulesQuery, answer=OwnSchedulesAnswer)
def schedules(call: Call[OwnSchedulesQuery]) -> OwnSchedulesAnswer:
    """List the hospital's own sessions in the order of its ids for them."""
    wanted = call.input
    page = session_publishing().schedules(call.principal, wanted.date, wanted.limit, wanted.cursor)
    return OwnSchedulesAnswer.model_validate(page)


@handler.route("DELETE", f"{SCHEDULES}/{{hospitalScheduleId}}", allow=Allow.HOSPITAL, status=204)
def remove(call: Call[None]) -> Answer:
    """Remove a session in which nobody has a number."""
    session_publishing().remove_schedule(call.principal, call.path["hospitalScheduleId"])
    return Answer(status=204)


@handler.route("POST", f"{SCHEDULES}/{{hospitalScheduleId}}/suspension", allow=Allow.HOSPITAL, status=202)
def suspend(call: Call[None]) -> Answer:
    """Suspend a session for good: everyone who booked it is cancelled, refunded and told."""
    session_publishing().suspend(call.principal, call.path["hospitalScheduleId"])
    return Answer(status=202)
