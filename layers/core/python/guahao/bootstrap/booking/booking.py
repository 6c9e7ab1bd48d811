"""Builder of the booking use case."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache

from guahao.adapters.dynamo.bookers import DynamoBookers
from guahao.bootstrap import parts
from guahao.domain.booking.bookable import BookableSchedule
from guahao.runtime import settings
from guahao.usecases.booking.booking import Booking


@cache
def booking() -> Booking:
    read_booker, hold = DynamoBookers(settings.text("ACCOUNTS_TABLE")).read, timedelta(seconds=settings.integer("HOLD_SECONDS"))
    settings.text("MONGODB_SECRET")  # used late, but a missing setting fails at once
    numbers = parts.numbers().of
    return Booking(parts.orders(), parts.number_pool(), read_booker, _read_schedules, numbers, parts.utc_now, parts.booking_policy(), hold)


def _read_schedules(schedule_ids: Sequence[str]) -> Mapping[str, BookableSchedule]:
    from guahao.usecases.booking.bookable import bookable_schedules  # late: only a pool that is not built needs MongoDB's library

    return bookable_schedules(parts.catalog(), schedule_ids)
