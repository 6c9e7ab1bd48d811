"""Bookable days and sessions, for anyone."""

from guahao.bootstrap.catalog import sessions
from guahao.runtime.api import Allow, Api, Call
from schemas import DaysAnswer, ScheduleAnswer, SchedulesAnswer

handler = Api("schedules")

DEPARTMENT = "/api/hospitals/{hospitalCode}/departments/{departmentCode}"


@handler.route("GET", f"{DEPARTMENT}/days", allow=Allow.ANYONE, answer=DaysAnswer)
def days(call: Call[None]) -> DaysAnswer:
    """List the days that a department shows, with what they offer."""
    found = sessions().days(call.path["hospitalCode"], call.path["departmentCode"])
    return DaysAnswer.model_validate({"items": found})


@handler.route("GET", f"{DEPARTMENT}/days/{{date}}/schedules", allow=Allow.ANYONE, answer=SchedulesAnswer)
def schedules(call: Call[None]) -> SchedulesAnswer:
    """List a day's sessions with their free numbers."""
    found = sessions().of_day(call.path["hospitalCode"], call.path["departmentCode"], call.path["date"])
    return SchedulesAnswer.model_validate({"items": found})


@handler.route("GET", "/api/schedules/{scheduleId}", allow=Allow.ANYONE, answer=ScheduleAnswer)
def schedule(call: Call[None]) -> ScheduleAnswer:
    """Show one session."""
    return ScheduleAnswer.model_validate(sessions().get(call.path["scheduleId"]))
