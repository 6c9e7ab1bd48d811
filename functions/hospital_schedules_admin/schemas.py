"""Answers of the operators' routes of schedules."""

from guahao.contracts import PageAnswer
from guahao.contracts.views import ScheduleAnswer


class CatalogueSchedules(PageAnswer[ScheduleAnswer]):
    pass
