"""What the use cases need to remember patients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from guahao.domain.patients import Patient


class PatientStore(Protocol):
    def get(self, user_id: str, patient_id: str) -> Patient | None:
        """Return the user's patient; another user's is as good as none."""
        ...

    def add(self, patient: Patient) -> None:
        """Store a new patient or raise DuplicateCertificate if the account has this person already."""
        ...

    def of_user(self, user_id: str, after: str | None = None) -> Iterator[Patient]:
        """Yield the user's patients in the order of their ids, those behind `after` only, reading no more pages than are taken."""
        ...
