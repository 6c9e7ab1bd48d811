"""Builder of the use case that has orders name the substitutes of their doctors."""

from datetime import timedelta
from functools import cache

from guahao.bootstrap import parts
from guahao.bootstrap.parts import postpone as postpone
from guahao.runtime import settings
from guahao.usecases.hospitals.substitutions import SubstitutedSchedules


@cache
def substituted_schedules() -> SubstitutedSchedules:
    unheard = timedelta(seconds=settings.integer("SUBSTITUTION_UNHEARD_SECONDS"))
    return SubstitutedSchedules(parts.catalog(), parts.numbers().of, parts.orders(), parts.utc_now, unheard)
