"""Builder of the use case that calls partner systems."""

from functools import cache

from guahao.adapters.hospital.partner_system import SignedPartnerSystem
from guahao.bootstrap import parts
from guahao.runtime import settings
from guahao.usecases.hospitals.partner_calls import PartnerCalls


@cache
def partner_calls() -> PartnerCalls:
    system = SignedPartnerSystem(any_address=settings.text("HOSPITAL_ADDRESSES") == "any")
    return PartnerCalls(parts.orders(), parts.hospital_access(), system, parts.vault(), parts.utc_now)
