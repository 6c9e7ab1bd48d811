"""Builder of the patient use case."""

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
    # Used for a region only, but a missing setting fails at once.
    settings.text("REDIS_SECRET"), settings.text("DICTIONARY_TABLE")
    given = parts.vault(), parts.utc_now, policy, parts.booking_policy()
    return Patients(store, *given, lambda codes: parts.dictionary_service().unknown_regions(codes))
