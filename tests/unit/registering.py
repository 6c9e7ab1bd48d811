"""Two users who submit identities and register patients over the same stores, and an auditor."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.errors import Invalid
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.identity import Identity
from guahao.domain.people.patients import Patient, PatientPolicy
from guahao.usecases.people.identity import IdentityService
from guahao.usecases.people.patients import Patients
from tests.builders import NOW, citizen, user
from tests.fakes.clock import FakeClock
from tests.fakes.identity import FakeIdentities, FakePhotos
from tests.fakes.patients import FakePatients
from tests.fakes.vault import FakeVault
from tests.photos import png

TODAY, BORN = date(2026, 3, 2), date(1990, 3, 7)
NUMBER = citizen("11010119900307001")
GUARDIAN = {"name": "李梅", "phone": "13900000003", "certificate_type": "idCard", "certificate_number": citizen("11010119850606002")}


def passport(number: str = "E12345678", state: str = "SGP") -> dict[str, Any]:
    return {"certificate_type": "passport", "certificate_number": number, "issuing_state": state}


class World:
    """The users u1 and u2, unverified."""

    def __init__(self) -> None:
        self.vault, self.clock, self.photos = FakeVault(), FakeClock(NOW), FakePhotos()
        self.ledgers: dict[str, Ledger] = {}
        self.store, self.identities = FakePatients(ledgers=self.ledgers), FakeIdentities(ledgers=self.ledgers)
        for user_id in ("u1", "u2"):
            self.identities.accounts.users[user_id] = user(user_id, name="", identity_state=IdentityState.NONE)
        names = (f"{n:032x}" for n in count(1))
        accounts = self.identities.accounts
        self.service = IdentityService(self.identities, accounts, self.photos, self.vault, self.clock, lambda: next(names))
        self.patients = Patients(self.store, self.vault, self.clock, PatientPolicy(), BookingPolicy(), lambda codes: ())

    def told(self, **changes: Any) -> dict[str, Any]:
        plain = {"name": "王小明", "certificate_type": "idCard", "certificate_number": NUMBER, "sex": "male", "birth_date": BORN}
        return {**plain, "phone": "13900000002", **changes}

    def register(self, user_id: str = "u1", **changes: Any) -> Patient:
        return self.patients.create(user_id, self.told(**changes))

    def faults(self, **changes: Any) -> list[str]:
        """Return the fields for which a patient is refused."""
        with pytest.raises(Invalid) as refusal:
            self.register(**changes)
        return [fault["field"] for fault in refusal.value.errors]

    def submit(self, user_id: str = "u1", **changes: Any) -> Identity:
        told = {"name": "王小明", "certificate_type": "idCard", "certificate_number": NUMBER, **changes}
        form = self.service.upload(user_id, "image/png", len(png()))
        assert self.photos.post(form, png())
        return self.service.submit(user_id, photo_key=form.photo_key, **told)

    def decide(self, approved: bool, user_id: str = "u1") -> Identity:
        before = self.identities.identities[user_id]
        after = before.decide(approved, "" if approved else "照片不清晰", "auditor", NOW)
        self.identities.decide(before, after, AuditEntry("auditor", Action.IDENTITY_APPROVED, user_id))
        return after
