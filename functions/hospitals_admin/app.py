"""The catalogue with offline hospitals, for operators."""

from guahao.bootstrap.hospitals_admin import catalog_desk
from guahao.runtime.api import Allow, Api, Call
from schemas import CatalogueDepartments, CatalogueHospital, CatalogueHospitals, CatalogueQuery

handler = Api("hospitals_admin")

ALL = "/api/admin/hospitals"
ONE = f"{ALL}/{{hospitalCode}}"


@handler.route("GET", ALL, allow=Allow.OPERATOR, input=CatalogueQuery, answer=CatalogueHospitals)
def search(call: Call[CatalogueQuery]) -> CatalogueHospitals:
    """List the hospitals that fit, online or not."""
    asked = call.input
    page = catalog_desk().search(
        name_part=asked.q,
        grade=asked.grade,
        province_code=asked.province,
        city_code=asked.city,
        district_code=asked.district,
        standing=asked.state,
        limit=asked.limit,
        cursor=asked.cursor,
    )
    return CatalogueHospitals.model_validate(page)


@handler.route("GET", ONE, allow=Allow.OPERATOR, answer=CatalogueHospital)
def hospital(call: Call[None]) -> CatalogueHospital:
    """Show a hospital."""
    return CatalogueHospital.model_validate(catalog_desk().get(call.path["hospitalCode"]))


@handler.route("GET", f"{ONE}/departments", allow=Allow.OPERATOR, answer=CatalogueDepartments)
def departments(call: Call[None]) -> CatalogueDepartments:
    """Show a hospital's departments as a tree of two levels."""
    return CatalogueDepartments.model_validate({"items": catalog_desk().departments(call.path["hospitalCode"])})


@handler.route("POST", f"{ONE}/online", allow=Allow.OPERATOR, answer=CatalogueHospital)
def put_online(call: Call[None]) -> CatalogueHospital:
    """Let patients see and book a hospital that is published and not locked."""
    return CatalogueHospital.model_validate(catalog_desk().put_online(call.principal, call.path["hospitalCode"]))


@handler.route("POST", f"{ONE}/offline", allow=Allow.OPERATOR, answer=CatalogueHospital)
def put_offline(call: Call[None]) -> CatalogueHospital:
    """Hide a hospital from patients, who keep what they have booked."""
    return CatalogueHospital.model_validate(catalog_desk().put_offline(call.principal, call.path["hospitalCode"]))
