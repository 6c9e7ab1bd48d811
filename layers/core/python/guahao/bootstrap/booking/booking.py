"""Builder of the booking use case."""

from datetime import timedelta
from functools import cache

from guahao.adapters.dynamo.bookers import DynamoBookers
from guahao.bootstrap import parts
from guahao.runtime import settings
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.booking.booking import Booking


@cache
def booking() -> Booking:
    read_booker, hold = DynamoBookers(settings.text("ACCOUNTS_TABLE")).read, timedelta(seconds=settings.integer("HOLD_SECONDS"))
    settings.text("MONGODB_SECRET")  # its library is loaded only for a pool that is not built, but a missing setting fails at once
    stores = parts.orders(), parts.number_pool(), read_booker, lambda ids: bookable_schedules(parts.catalog(), ids), parts.numbers().of
    return Booking(*stores, parts.utc_now, parts.booking_policy(), hold)
