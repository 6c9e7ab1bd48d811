"""Statistics, for administrators."""

from guahao.bootstrap.statistics.statistics import booking_statistics
from guahao.contracts.queries import BookingReportQuery
from guahao.runtime.api import Allow, Api, Call
from schemas import BookingReport

handler = Api("statistics")


@handler.route("GET", "/api/admin/statistics/bookings", allow=Allow.OPERATOR, input=BookingReportQuery, answer=BookingReport)
def bookings(call: Call[BookingReportQuery]) -> BookingReport:
    """Return for each day of visits how many orders were placed and what became of them, for one hospital or for all."""
    return BookingReport.model_validate(booking_statistics().report(call.input))
