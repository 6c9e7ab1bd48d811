"""Ready-made people and sessions for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from guahao.domain.accounts import IdentityState, User
from guahao.domain.catalog import BookingRule, Grade, Hospital
from guahao.domain.certificates import Certificate, CertificateType, Sex
from guahao.domain.patients import Patient
from guahao.domain.sessions import BookableSession, HalfDay, ScheduleState
from tests.fakes.vault import FakeVault

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
VISIT = date(2026, 3, 5)


def session(schedule_id: str = "s1", **changes: Any) -> BookableSession:
    """Return a session that can be booked at NOW."""
    usual = BookableSession(
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


def user(user_id: str = "u1", **changes: Any) -> User:
    """Return a verified user."""
    usual = User(user_id, FakeVault().seal("13800000001"), "138****0001", NOW, "林二", IdentityState.APPROVED)
    return replace(usual, **changes)


def patient(patient_id: str = "p1", user_id: str = "u1") -> Patient:
    """Return a patient of the user, a person of their own."""
    certificate = Certificate(CertificateType.ID_CARD, FakeVault().seal("110101199003070000"), f"mark-{patient_id}", "110***********0000")
    phone = FakeVault().seal("13800000001")
    return Patient(patient_id, user_id, "林三", certificate, Sex.FEMALE, date(1990, 3, 7), phone, "138****0001", NOW)


def hospital(code: str = "10001", **changes: Any) -> Hospital:
    """Return an online hospital whose days can be booked a week ahead."""
    rule = BookingRule(cycle_days=7, release_time=time(0), stop_time=time(23, 59), quit_day_offset=-1, quit_time=time(15))
    usual = Hospital(code, "协和医院", Grade.TERTIARY_A, "三级甲等", "110000", "110100", "110101", "北京市东城区", "帅府园1号", rule)
    return replace(usual, **changes)
