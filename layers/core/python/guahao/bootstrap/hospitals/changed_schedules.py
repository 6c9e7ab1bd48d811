"""Builders of the use cases that bring suspended schedules, and substitutes of doctors, to the orders."""

from datetime import timedelta
from functools import cache

from guahao.adapters.dynamo.notices import DynamoOffers
from guahao.bootstrap import parts
from guahao.runtime import settings
from guahao.usecases.hospitals.substitutions import SubstitutedSchedules
from guahao.usecases.hospitals.suspensions import SuspendedSchedules


@cache
def suspended_schedules() -> SuspendedSchedules:
    numbers = parts.numbers(), parts.number_pool(), parts.free_numbers()
    return SuspendedSchedules(parts.catalog(), *numbers, DynamoOffers(settings.text("NOTICES_TABLE")), parts.orders(), parts.utc_now)


@cache
def substituted_schedules() -> SubstitutedSchedules:
    unheard = timedelta(seconds=settings.integer("SUBSTITUTION_UNHEARD_SECONDS"))
    return SubstitutedSchedules(parts.catalog(), parts.numbers().of, parts.orders(), parts.utc_now, unheard)
