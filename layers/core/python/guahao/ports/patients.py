"""What the use cases need to remember patients."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from guahao.domain.ledger import Ledger
from guahao.domain.patients import Patient
from guahao.domain.roster import Roster


class PatientMoved(Exception):
    """The patient, the roster or a ledger was changed since it was read."""


class PatientStore(Protocol):
    """The store of record of patients. A write stands on what was read: it is done as a whole, or raises PatientMoved and does nothing."""

    def get(self, user_id: str, patient_id: str) -> Patient | None:
        """Return the user's patient; another user's is as good as none."""
        ...

    def of_user(self, user_id: str, after: str | None = None) -> Iterator[Patient]:
        """Yield the user's patients in the order of their ids, those behind `after` only, reading no more pages than are taken."""
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
        """Store the changed patient over `before`; the ledgers are those of a person left and a person become, if that changed."""
        ...

    def remove(self, patient: Patient, roster: Roster, ledger: Ledger) -> None:
        """Forget the patient."""
        ...
