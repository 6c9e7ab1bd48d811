"""Patients in memory."""

from __future__ import annotations

from collections.abc import Iterator

from guahao.domain.errors import DuplicateCertificate
from guahao.domain.patients import Patient


class FakePatients:
    def __init__(self) -> None:
        self.patients: dict[tuple[str, str], Patient] = {}

    def get(self, user_id: str, patient_id: str) -> Patient | None:
        return self.patients.get((user_id, patient_id))

    def add(self, patient: Patient) -> None:
        key = (patient.user_id, patient.patient_id)
        if key in self.patients:
            raise DuplicateCertificate("This person is in the account already.", rule="certificateOnce")
        self.patients[key] = patient

    def of_user(self, user_id: str, after: str | None = None) -> Iterator[Patient]:
        return (self.patients[key] for key in sorted(self.patients) if key[0] == user_id and (after is None or key[1] > after))
