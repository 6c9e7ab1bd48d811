"""Builders of the statistics use cases."""

from functools import cache

from guahao.adapters.dynamo.statistics import DynamoStatistics
from guahao.bootstrap import parts
from guahao.runtime import settings
from guahao.usecases.statistics.statistics import BookingStatistics, Counting


@cache
def counting() -> Counting:
    return Counting(parts.orders(), DynamoStatistics(settings.text("STATISTICS_TABLE")))


@cache
def booking_statistics() -> BookingStatistics:
    return BookingStatistics(DynamoStatistics(settings.text("STATISTICS_TABLE")), parts.utc_now, parts.hospital_codes().knows)


@cache
def statistics_for_exports() -> BookingStatistics:
    return BookingStatistics(DynamoStatistics(settings.text("STATISTICS_TABLE")), parts.utc_now)
