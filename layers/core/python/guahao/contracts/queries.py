"""What lists and searches are asked in an address: one model for each, which goes whole from its route to its use case."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from guahao.contracts import Date, Day, HospitalCode, Key, OrderState, Query, RegionCode, Username

_MOST_TERMS = 200


class PageQuery(Query):
    """What every list is asked that comes page by page."""

    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500)


class UserQuery(PageQuery):
    q: str = Field("", max_length=50, description="a whole phone number, or how the name begins")
    status: Literal["none", "underReview", "approved", "rejected", "locked"] | None = None
    first: Day | None = Field(None, alias="from", description="first day of registration")
    last: Day | None = Field(None, alias="to", description="last day of registration")


class PatientQuery(PageQuery):
    q: str = Field("", max_length=50, description="any part of the name")
    cursor: str | None = Field(None, pattern=r"^[0-9a-f]{32}$")


class ReviewQuery(PageQuery):
    status: Literal["underReview", "approved", "rejected"] = "underReview"


class AdministratorQuery(PageQuery):
    cursor: Username | None = None


class AuditLogQuery(PageQuery):
    actor: str = Field("", max_length=64, description="an administrator's user name")
    first: Day | None = Field(None, alias="from", description="first day; without it a week ends with `to`")
    last: Day | None = Field(None, alias="to", description="last day, at most 92 with the first; without it today")


class OrdersQuery(PageQuery):
    q: str = Field("", max_length=50, description="part of the hospital's, department's or doctor's name")
    patient_id: str = Field("", max_length=64)
    status: OrderState | None = None


class RegistrationQuery(PageQuery):
    q: str = Field("", max_length=50, description="an order's id, a whole phone number, or how the patient's name begins")
    hospital_code: str = Field("", pattern=r"^[0-9A-Za-z_-]{0,32}$")
    status: OrderState | None = None
    unconfirmed: bool = Field(False, description="only paid orders that their hospital has not confirmed")
    first: Day | None = Field(None, alias="from", description="first day of visits")
    last: Day | None = Field(None, alias="to", description="last day of visits")


class BookingReportQuery(Query):
    hospital_code: str = Field("", pattern=r"^[0-9A-Za-z_-]{0,32}$", description="without it all hospitals together")
    first: Day | None = Field(None, alias="from", description="first day of visits; without it 30 days before today or `to`")
    last: Day | None = Field(
        None,
        alias="to",
        description="last day, at most 366 days with the first, 92 of all hospitals; without it 30 days after today, or after `from`",
    )


class HospitalQuery(PageQuery):
    q: str = Field("", max_length=50)
    grade: int | None = Field(None, ge=1, le=5)
    province: RegionCode = ""
    city: RegionCode = ""
    district: RegionCode = ""
    cursor: HospitalCode | None = None


class CatalogueQuery(HospitalQuery):
    state: Literal["online", "offline", "locked"] | None = None


class HospitalSettingQuery(PageQuery):
    q: str = Field("", max_length=50, description="a part of the name, or the whole code")
    cursor: HospitalCode | None = Field(None, max_length=32)


class OwnDepartmentsQuery(PageQuery):
    cursor: Key | None = None


class OwnSchedulesQuery(PageQuery):
    date: Date | None = Field(None, description="one day only")
    cursor: Key | None = None


class CatalogueSchedulesQuery(PageQuery):
    date: Day
    department_code: str | None = Field(None, max_length=64)
    cursor: str | None = Field(None, max_length=64)


class EarliestQuery(Query):
    department_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)] = Field(
        description="any part of the department's name"
    )
    city: str = Field("", pattern=r"^[0-9]{6}$", description="left out, every city")
    limit: int = Field(5, ge=1, le=20)


def _of_many(text: str) -> str:
    if len(text.split(",")) > _MOST_TERMS:
        raise ValueError(f"at most {_MOST_TERMS} values in one call")
    return text


class NamesQuery(Query):
    of: Annotated[str, AfterValidator(_of_many)] = Field(
        pattern=r"^[^:,]+:[^:,]+(,[^:,]+:[^:,]+)*$",
        max_length=8000,
        description="codes of roots with a value below each, Hostype:1,Province:110000, up to 200",
    )

    @property
    def terms(self) -> list[tuple[str, str]]:
        """The pairs of code and value."""
        return [(code, value) for code, value in (term.split(":") for term in self.of.split(","))]


class LevelQuery(Query):
    parent_id: int = Field(0, ge=0)
