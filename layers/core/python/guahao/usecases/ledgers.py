"""What persons' ledgers say of patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from guahao.domain.ledger import BookingPolicy
from guahao.domain.patients import Patient
from guahao.domain.time import shanghai_date
from guahao.ports.patients import PatientStore


def with_suspensions(patients: Sequence[Patient], store: PatientStore, policy: BookingPolicy, now: datetime) -> list[Patient]:
    """Return the patients, those who may not book now with the moment from which they may, in one request to the store."""
    ledgers, today = store.ledgers([patient.person for patient in patients]), shanghai_date(now)
    return [replace(p, booking_suspended_until=ledgers[p.person].suspended_until(policy, today)) for p in patients]
