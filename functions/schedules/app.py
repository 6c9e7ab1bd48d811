"""Bookable days and schedules, for anyone."""

from guahao.bootstrap.catalog.schedules import bookable_schedules
from guahao.contracts.views import ScheduleAnswer
from guahao.runtime.api import Allow, Api, Call
from schemas import DaysAnswer, SchedulesAnswer

handler = Api("schedules")

DEPARTMENT = "/api/hospitals/{hospitalCode}/departments/{departmentCode}"


@handler.route("GET", f"{DEPARTMENT}/days", allow=Allow.ANYONE, answer=DaysAnswer)
def days(call: Call[None]) -> DaysAnswer:
    """List the days that a department shows, with what is free on them."""
    found = bookable_schedules().days(call.path["hospitalCode"], call.path["departmentCode"])
    return DaysAnswer.model_validate({"items": found})


@handler.route("GET", f"{DEPARTMENT}/days/{{date}}/schedules", allow=Allow.ANYONE, answer=SchedulesAnswer)
def schedules_of_day(call: Call[None]) -> SchedulesAnswer:
    """List a day's schedules with their free numbers."""
    found = bookable_schedules().of_day(call.path["hospitalCode"], call.path["departmentCode"], call.path["date"])
    return SchedulesAnswer.model_validate({"items": found})


@handler.route("GET", "/api/schedules/{scheduleId}", allow=Allow.ANYONE, answer=ScheduleAnswer)
def schedule(call: Call[None]) -> ScheduleAnswer:
    """Show one schedule."""
    return ScheduleAnswer.model_validate(bookable_schedules().get(call.path["scheduleId"]))
