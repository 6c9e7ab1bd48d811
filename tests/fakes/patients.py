"""Patients, rosters and ledgers in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from threading import Lock

from guahao.domain.booking.ledger import Ledger
from guahao.domain.people.patients import Patient
from guahao.domain.people.roster import Roster
from guahao.domain.versions import VersionConflict
from tests.fakes.ledgers import written


class FakePatients:
    """Patients, who may share the ledgers of a `FakeOrders`."""

    def __init__(self, patients: dict[tuple[str, str], Patient] | None = None, ledgers: dict[str, Ledger] | None = None) -> None:
        self.patients = {} if patients is None else patients
        self._ledgers = {} if ledgers is None else ledgers
        self.rosters: dict[str, Roster] = {}
        self._lock = Lock()

    def get(self, user_id: str, patient_id: str) -> Patient | None:
        return self.patients.get((user_id, patient_id))

    def of_user(self, user_id: str, after: str | None = None) -> Iterator[Patient]:
        return (self.patients[key] for key in sorted(self.patients) if key[0] == user_id and (after is None or key[1] > after))

    def roster(self, user_id: str) -> Roster:
        return self.rosters.get(user_id, Roster(user_id))

    def ledger(self, person: str) -> Ledger:
        return self._ledgers.get(person, Ledger(person))

    def ledgers(self, persons: Collection[str]) -> dict[str, Ledger]:
        return {person: self.ledger(person) for person in persons}

    def add(self, patient: Patient, roster: Roster, ledger: Ledger) -> None:
        with self._lock:
            self._require(self.get(patient.user_id, patient.patient_id) is None)
            self._write(roster, [ledger])
            self.patients[patient.user_id, patient.patient_id] = patient

    def change(self, before: Patient, after: Patient, ledgers: Sequence[Ledger]) -> None:
        with self._lock:
            self._require_unmoved(before)
            self._write(None, ledgers)
            self.patients[after.user_id, after.patient_id] = after

    def remove(self, patient: Patient, roster: Roster, ledger: Ledger) -> None:
        with self._lock:
            self._require_unmoved(patient)
            self._write(roster, [ledger])
            del self.patients[patient.user_id, patient.patient_id]

    def _require_unmoved(self, patient: Patient) -> None:
        stored = self.get(patient.user_id, patient.patient_id)
        self._require(stored is not None and stored.version == patient.version)

    def _write(self, roster: Roster | None, ledgers: Sequence[Ledger]) -> None:
        self._require(roster is None or self.roster(roster.user_id).version == roster.version)
        self._require(all(self.ledger(ledger.person).version == ledger.version for ledger in ledgers))
        if roster:
            self.rosters[roster.user_id] = replace(roster, version=roster.version + 1)
        for ledger in ledgers:
            if ledger.is_empty:
                self._ledgers.pop(ledger.person, None)
            else:
                self._ledgers[ledger.person] = written(ledger)

    def _require(self, unmoved: bool) -> None:
        if not unmoved:
            raise VersionConflict
