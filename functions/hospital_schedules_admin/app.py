"""The sessions of any hospital, for operators."""

from guahao.bootstrap.hospitals_admin import session_desk
from guahao.runtime.api import Allow, Api, Call
from schemas import CatalogueSchedules, CatalogueSchedulesQuery

handler = Api("hospital_schedules_admin")


@handler.route(
    "GET",
    "/api/admin/hospitals/{hospitalCode}/schedules",
    allow=Allow.OPERATOR,
    input=CatalogueSchedulesQuery,
    answer=CatalogueSchedules,
)
def schedules(call: Call[CatalogueSchedulesQuery]) -> CatalogueSchedules:
    """List a day's sessions of a hospital, online or not, with their free numbers."""
    asked = call.input
    page = session_desk().of_day(call.path["hospitalCode"], asked.date, asked.department_code, asked.limit, asked.cursor)
    return CatalogueSchedules.model_validate(page)
