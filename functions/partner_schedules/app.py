"""A hospital's schedules, as the hospital itself publishes them."""

from guahao.bootstrap.hospitals.partners import attendance, partner_schedules, partner_signatures
from guahao.contracts.partner import BatchAnswer, SchedulesBody
from guahao.contracts.queries import OwnSchedulesQuery
from guahao.runtime.api import Allow, Answer, Api, Call
from schemas import NoShowsAnswer, NoShowsBody, OwnSchedulesAnswer

handler = Api("partner_schedules", partner_signatures)

SCHEDULES = "/api/gateway/schedules"


@handler.route("PUT", SCHEDULES, allow=Allow.HOSPITAL, input=SchedulesBody, answer=BatchAnswer)
def publish(call: Call[SchedulesBody]) -> BatchAnswer:
    """Create or change schedules, up to 500; the answer says of each, in order, what became of it."""
    return BatchAnswer.model_validate({"items": partner_schedules().publish_schedules(call.principal, call.input.items, call.signed_at)})


@handler.route("GET", SCHEDULES, allow=Allow.HOSPITAL, input=OwnSchedulesQuery, answer=OwnSchedulesAnswer)
def schedules(call: Call[OwnSchedulesQuery]) -> OwnSchedulesAnswer:
    """List the hospital's own schedules in the order of its ids for them."""
    return OwnSchedulesAnswer.model_validate(partner_schedules().schedules(call.principal, call.input))


@handler.route("DELETE", f"{SCHEDULES}/{{hospitalScheduleId}}", allow=Allow.HOSPITAL, status=204)
def remove(call: Call[None]) -> Answer:
    """Remove a schedule in which nobody has a number."""
    partner_schedules().remove_schedule(call.principal, call.path["hospitalScheduleId"], call.signed_at)
    return Answer(status=204)


@handler.route("POST", f"{SCHEDULES}/{{hospitalScheduleId}}/suspension", allow=Allow.HOSPITAL, status=202)
def suspend(call: Call[None]) -> Answer:
    """Suspend a schedule for good: everyone who booked it is cancelled, refunded and told."""
    partner_schedules().suspend(call.principal, call.path["hospitalScheduleId"], call.signed_at)
    return Answer(status=202)


@handler.route("POST", f"{SCHEDULES}/{{hospitalScheduleId}}/no-shows", allow=Allow.HOSPITAL, input=NoShowsBody, answer=NoShowsAnswer)
def list_no_shows(call: Call[NoShowsBody]) -> NoShowsAnswer:
    """List who of a schedule did not come, from the day after it on; the answer says how each order is now: who came stays checkedIn."""
    orders = attendance().list_no_shows(call.principal, call.path["hospitalScheduleId"], call.input.order_ids)
    return NoShowsAnswer.model_validate({"items": orders})
