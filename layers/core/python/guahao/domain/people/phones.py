"""Mobile phone numbers: which there are, and how they are shown."""

from __future__ import annotations

import re

from guahao.domain.errors import Invalid
from guahao.domain.people.mobile_prefixes import ASSIGNED

Prefixes = tuple[str, ...]
_MOBILE = re.compile(r"[0-9]{11}")
# Among the assigned prefixes are those of satellites; numbers of 13 digits belong to machines.
_ASSIGNED = tuple(ASSIGNED)


def require_mobile(phone: str, more_prefixes: Prefixes = ()) -> str:
    """Return the 11-digit mainland mobile number or raise Invalid."""
    faults = mobile_faults(phone, "phone", more_prefixes)
    if faults:
        raise Invalid("This is not a mainland mobile number.", faults)
    return phone


def mobile_faults(phone: str, field: str, more_prefixes: Prefixes = ()) -> list[dict[str, str]]:
    """Return what is wrong with a mainland mobile number, nothing if it is one; `more_prefixes` are assigned and not in the list yet."""
    if not _MOBILE.fullmatch(phone):
        return [{"field": field, "reason": "11 digits"}]
    return [] if phone.startswith((*_ASSIGNED, *more_prefixes)) else [{"field": field, "reason": "no operator has numbers that begin so"}]


def mask_phone(phone: str) -> str:
    """Return the number with its middle hidden: 138****0001."""
    return f"{phone[:3]}****{phone[-4:]}"
