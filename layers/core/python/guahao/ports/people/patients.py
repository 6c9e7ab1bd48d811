"""Patients, rosters and ledgers, as the use cases need them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from guahao.domain.booking.ledger import Ledger
from guahao.domain.people.patients import Patient
from guahao.domain.people.roster import Roster


class PatientStore(Protocol):
    """The store of record of patients. A write is done as a whole, or raises VersionConflict if something changed since it was read."""

    def get(self, user_id: str, patient_id: str) -> Patient | None:
        """Return the user's patient, None for another user's."""
        ...

    def of_user(self, user_id: str, after: str | None = None) -> Iterator[Patient]:
        """Yield the user's patients in the order of their ids, only those after `after`, reading only as many pages as needed."""
        ...

    def roster(self, user_id: str) -> Roster: ...

    def ledger(self, person: str) -> Ledger: ...

    def ledgers(self, persons: Collection[str]) -> Mapping[str, Ledger]:
        """Return each person's ledger, in one request."""
        ...

    def add(self, patient: Patient, roster: Roster, ledger: Ledger) -> None:
        """Store a new patient."""
        ...

    def change(self, before: Patient, after: Patient, ledgers: Sequence[Ledger]) -> None:
        """Write the patient over `before`; if the patient became another person, `ledgers` are the changed ledgers of both persons."""
        ...

    def remove(self, patient: Patient, roster: Roster, ledger: Ledger) -> None:
        """Remove the patient."""
        ...
