"""The catalogue with offline hospitals, for operators."""

from guahao.bootstrap.hospitals.hospital_settings import hospitals_admin
from guahao.contracts.queries import CatalogueQuery
from guahao.contracts.views import DepartmentsAnswer
from guahao.runtime.api import Allow, Api, Call
from schemas import CatalogueHospital, CatalogueHospitals

handler = Api("hospitals_admin")

ALL = "/api/admin/hospitals"
ONE = f"{ALL}/{{hospitalCode}}"


@handler.route("GET", ALL, allow=Allow.OPERATOR, input=CatalogueQuery, answer=CatalogueHospitals)
def search(call: Call[CatalogueQuery]) -> CatalogueHospitals:
    """List the hospitals that fit, online or not."""
    return CatalogueHospitals.model_validate(hospitals_admin().search(call.input))


@handler.route("GET", ONE, allow=Allow.OPERATOR, answer=CatalogueHospital)
def hospital(call: Call[None]) -> CatalogueHospital:
    """Show a hospital."""
    return CatalogueHospital.model_validate(hospitals_admin().get(call.path["hospitalCode"]))


@handler.route("GET", f"{ONE}/departments", allow=Allow.OPERATOR, answer=DepartmentsAnswer)
def departments(call: Call[None]) -> DepartmentsAnswer:
    """Show a hospital's departments as a tree of two levels."""
    return DepartmentsAnswer.model_validate({"items": hospitals_admin().departments(call.path["hospitalCode"])})


@handler.route("POST", f"{ONE}/online", allow=Allow.OPERATOR, answer=CatalogueHospital)
def put_online(call: Call[None]) -> CatalogueHospital:
    """Let patients see and book a hospital that is published and not locked."""
    return CatalogueHospital.model_validate(hospitals_admin().put_online(call.principal, call.path["hospitalCode"]))


@handler.route("POST", f"{ONE}/offline", allow=Allow.OPERATOR, answer=CatalogueHospital)
def put_offline(call: Call[None]) -> CatalogueHospital:
    """Hide a hospital from patients, who keep what they have booked."""
    return CatalogueHospital.model_validate(hospitals_admin().put_offline(call.principal, call.path["hospitalCode"]))
