"""Hospitals and their departments, for anyone."""

from guahao.bootstrap.catalog.catalog import hospitals
from guahao.contracts.queries import HospitalQuery
from guahao.contracts.views import DepartmentsAnswer, HospitalAnswer
from guahao.runtime.api import Allow, Api, Call
from schemas import HospitalsAnswer

handler = Api("catalog")


@handler.route("GET", "/api/hospitals", allow=Allow.ANYONE, input=HospitalQuery, answer=HospitalsAnswer, cache_seconds=60)
def search(call: Call[HospitalQuery]) -> HospitalsAnswer:
    """List the online hospitals that fit."""
    return HospitalsAnswer.model_validate(hospitals().search(call.input))


@handler.route("GET", "/api/hospitals/{hospitalCode}", allow=Allow.ANYONE, answer=HospitalAnswer, cache_seconds=60)
def hospital(call: Call[None]) -> HospitalAnswer:
    """Show a hospital."""
    return HospitalAnswer.model_validate(hospitals().get(call.path["hospitalCode"]))


@handler.route("GET", "/api/hospitals/{hospitalCode}/departments", allow=Allow.ANYONE, answer=DepartmentsAnswer, cache_seconds=60)
def departments(call: Call[None]) -> DepartmentsAnswer:
    """Show a hospital's departments as a tree of two levels."""
    return DepartmentsAnswer.model_validate({"items": hospitals().departments(call.path["hospitalCode"])})
