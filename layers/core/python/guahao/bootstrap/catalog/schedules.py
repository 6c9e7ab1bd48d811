"""Builders of the use cases that show and find bookable schedules."""

from functools import cache

from guahao.bootstrap import parts
from guahao.usecases.catalog.schedules import Schedules
from guahao.usecases.catalog.search import EarliestSchedules


@cache
def bookable_schedules() -> Schedules:
    return Schedules(parts.catalog(), parts.free_numbers(), parts.utc_now)


@cache
def earliest_schedules() -> EarliestSchedules:
    return EarliestSchedules(parts.catalog(), parts.free_numbers(), parts.utc_now)
