"""Ready-made people and schedules for tests, and what hospitals publish."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from guahao.contracts.partner import DepartmentEntry, HospitalEntry, ScheduleEntry
from guahao.domain.booking.bookable import BookableSchedule, HalfDay, ScheduleState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.visits import Holder, Visit
from guahao.domain.catalog.booking_rule import BookingRule
from guahao.domain.catalog.catalog import Grade, Hospital
from guahao.domain.people.accounts import IdentityState, User
from guahao.domain.people.certificates import Certificate, CertificateType, Sex, check_digit
from guahao.domain.people.patients import Patient
from guahao.usecases.people.sealing import phone_mark
from tests.fakes.vault import FakeVault

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
VISIT = date(2026, 3, 5)
AT_VISIT = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


def schedule(schedule_id: str = "s1", **changes: Any) -> BookableSchedule:
    """Return a schedule that can be booked at NOW."""
    usual = BookableSchedule(
        schedule_id=schedule_id,
        hospital_schedule_id=f"h-{schedule_id}",
        hospital_code="10001",
        hospital_name="协和医院",
        department_code="0101",
        department_name="心内科",
        title="主任医师",
        doctor_name="林一",
        date=VISIT,
        half_day=HalfDay.MORNING,
        fee_fen=5000,
        total=3,
        state=ScheduleState.OPEN,
        online=True,
        opens_at=NOW - timedelta(days=3),
        closes_at=NOW + timedelta(days=3),
        quit_until=NOW + timedelta(days=2),
    )
    return replace(usual, **changes)


def altered(order: Order, **changes: Any) -> Order:
    """Return the order with other fields, those of its visit and its holder among them."""
    inner = {}
    for name, kind in (("visit", Visit), ("holder", Holder)):
        own = {field.name: changes.pop(field.name) for field in fields(kind) if field.name in changes}
        inner[name] = replace(getattr(order, name), **own)
    return replace(order, **inner, **changes)


def user(user_id: str = "u1", **changes: Any) -> User:
    """Return a verified user."""
    usual = User(user_id, FakeVault().seal("13800000001"), "138****0001", NOW, "林二", IdentityState.APPROVED)
    return replace(usual, **changes)


def patient(patient_id: str = "p1", user_id: str = "u1") -> Patient:
    """Return a patient of the user, a person of their own."""
    certificate = Certificate(CertificateType.ID_CARD, FakeVault().seal("110101199003070000"), f"mark-{patient_id}", "110***********0000")
    sealed, mark = FakeVault().seal("13800000001"), phone_mark(FakeVault(), "13800000001")
    return Patient(patient_id, user_id, "林三", certificate, Sex.FEMALE, date(1990, 3, 7), sealed, mark, "138****0001", NOW)


def hospital(code: str = "10001", **changes: Any) -> Hospital:
    """Return a hospital whose days can be booked a week ahead."""
    rule = BookingRule(cycle_days=7, release_time=time(0), stop_time=time(23, 59), quit_day_offset=-1, quit_time=time(15))
    usual = Hospital(code, "协和医院", Grade.TERTIARY_A, "110000", "110100", "110101", "帅府园1号", rule)
    return replace(usual, **changes)


def hospital_entry(**changes: Any) -> HospitalEntry:
    """Return what that hospital says of itself."""
    return HospitalEntry.model_validate(hospital(**changes)).model_copy(update={"hospital_code": None})


def department_entry(code: str = "0101", **changes: Any) -> DepartmentEntry:
    """Return a department as its hospital publishes it."""
    return DepartmentEntry(department_code=code, name="心内科", group_code="01", group_name="内科").model_copy(update=changes)


def schedule_entry(own_id: str = "a", **changes: Any) -> ScheduleEntry:
    """Return a schedule of VISIT as its hospital publishes it."""
    usual = ScheduleEntry(
        hospital_schedule_id=own_id, department_code="0101", title="主任医师", date=VISIT, half_day="morning", total=3, fee_fen=5000
    )
    return usual.model_copy(update=changes)


def citizen(first_17_digits: str) -> str:
    """Return the citizen number that begins so."""
    return first_17_digits + check_digit(first_17_digits)
