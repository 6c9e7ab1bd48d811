"""The patients of a user."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.domain.patients import PatientPolicy
from guahao.runtime import settings
from guahao.usecases.patients import Patients


@cache
def patients() -> Patients:
    """Return the process's patients."""
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    return Patients(DynamoPatients(settings.text("ACCOUNTS_TABLE")), vault, utc_now, PatientPolicy())
