"""The schedules of any hospital, for operators."""

from guahao.bootstrap.hospitals.hospital_settings import schedules_admin
from guahao.contracts.queries import CatalogueSchedulesQuery
from guahao.runtime.api import Allow, Api, Call
from schemas import CatalogueSchedules

handler = Api("hospital_schedules_admin")


@handler.route(
    "GET",
    "/api/admin/hospitals/{hospitalCode}/schedules",
    allow=Allow.OPERATOR,
    input=CatalogueSchedulesQuery,
    answer=CatalogueSchedules,
)
def schedules(call: Call[CatalogueSchedulesQuery]) -> CatalogueSchedules:
    """List a day's schedules of a hospital, online or not, with their free numbers."""
    return CatalogueSchedules.model_validate(schedules_admin().of_day(call.path["hospitalCode"], call.input))
