"""An account's roster: its list of patients."""

from __future__ import annotations

from dataclasses import dataclass, replace

from guahao.domain.errors import PatientCapReached
from guahao.domain.people.patients import PatientPolicy


@dataclass(frozen=True)
class Roster:
    """The ids of an account's patients; the next write must find `version` in the store (0: not stored yet)."""

    user_id: str
    patients: tuple[str, ...] = ()
    version: int = 0

    def add(self, patient_id: str, policy: PatientPolicy) -> Roster:
        """Return the roster with the patient added, or raise PatientCapReached."""
        if len(self.patients) >= policy.per_account:
            detail = f"An account may have {policy.per_account} patients. Remove one that you no longer book for."
            raise PatientCapReached(detail, rule="patientsPerAccount")
        return replace(self, patients=(*self.patients, patient_id))

    def remove(self, patient_id: str) -> Roster:
        """Return the roster without the patient."""
        return replace(self, patients=tuple(other for other in self.patients if other != patient_id))
