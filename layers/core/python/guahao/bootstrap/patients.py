"""The patients of a user."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.bootstrap.booking_policy import booking_policy
from guahao.domain.patients import PatientPolicy
from guahao.runtime import settings
from guahao.usecases.patients import Patients


@cache
def patients() -> Patients:
    """Return the process's patients."""
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    policy = PatientPolicy(settings.integer("PATIENTS_PER_ACCOUNT"), settings.integer("ADULT_AGE"))
    store = DynamoPatients(settings.text("ACCOUNTS_TABLE"))
    return Patients(store, vault, utc_now, policy, booking_policy(), _unknown_regions)


def _unknown_regions(codes: Collection[str]) -> set[str]:
    # Only for patients whose region is told, so most processes never load Redis's library.
    from guahao.bootstrap.dictionary import dictionary_desk

    return {code for _, code in dictionary_desk().unknown({("Province", code) for code in codes})}
