"""Statistics, for administrators."""

from guahao.bootstrap.statistics import booking_statistics
from guahao.runtime.api import Allow, Api, Call
from schemas import BookingReport, BookingReportQuery

handler = Api("statistics")


@handler.route("GET", "/api/admin/statistics/bookings", allow=Allow.OPERATOR, input=BookingReportQuery, answer=BookingReport)
def bookings(call: Call[BookingReportQuery]) -> BookingReport:
    """Tell for each day of visits how many orders were placed and what became of them, of one hospital or of all."""
    asked = call.input
    return BookingReport.model_validate(booking_statistics().report(asked.hospital_code, asked.first, asked.last))
