"""Builder of the patient use case."""

from collections.abc import Collection
from functools import cache

from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.bootstrap import parts
from guahao.domain.people.patients import PatientPolicy
from guahao.runtime import settings
from guahao.usecases.people.patients import Patients


@cache
def patients() -> Patients:
    policy = PatientPolicy(settings.integer("PATIENTS_PER_ACCOUNT"), settings.integer("ADULT_AGE"), settings.words("MOBILE_PREFIXES"))
    store = DynamoPatients(settings.text("ACCOUNTS_TABLE"))
    settings.text("REDIS_SECRET"), settings.text("DICTIONARY_TABLE")  # used late, but a missing setting fails at once
    return Patients(store, parts.vault(), parts.utc_now, policy, parts.booking_policy(), _unknown_regions)


def _unknown_regions(codes: Collection[str]) -> set[str]:
    # Called only for patients with a region, so most processes never load Redis's library.
    return {code for _, code in parts.dictionary_service().unknown({("Province", code) for code in codes})}
