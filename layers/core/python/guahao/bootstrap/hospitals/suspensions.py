"""Builder of the use case that cancels the orders of suspended schedules."""

from functools import cache

from guahao.adapters.dynamo.notices import DynamoOffers
from guahao.bootstrap import parts
from guahao.bootstrap.parts import postpone as postpone
from guahao.runtime import settings
from guahao.usecases.hospitals.suspensions import SuspendedSchedules


@cache
def suspended_schedules() -> SuspendedSchedules:
    numbers = parts.numbers(), parts.number_pool(), parts.free_numbers()
    return SuspendedSchedules(parts.catalog(), *numbers, DynamoOffers(settings.text("NOTICES_TABLE")), parts.orders(), parts.utc_now)
