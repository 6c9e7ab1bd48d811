"""Patients: the people a user books for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

from guahao.domain.accounts import mobile_faults
from guahao.domain.certificates import CertificateType as CertificateType
from guahao.domain.certificates import Faults, holder_faults, number_faults
from guahao.domain.certificates import Sex as Sex
from guahao.domain.errors import Invalid

_OLDEST_YEARS = 130


@dataclass(frozen=True)
class Certificate:
    """A certificate as stored: the number sealed, its fingerprint for comparing, its mask for showing."""

    type: CertificateType
    sealed_number: str
    fingerprint: str
    masked_number: str


@dataclass(frozen=True)
class Contact:
    """Who to call about a patient, a guardian for a minor."""

    name: str
    certificate: Certificate | None
    sealed_phone: str
    masked_phone: str


@dataclass(frozen=True)
class Patient:
    """A person of a user's family. Phones and certificate numbers are sealed; masks are what answers show."""

    patient_id: str
    user_id: str
    name: str
    certificate: Certificate
    sex: Sex
    birth_date: date
    sealed_phone: str
    masked_phone: str
    created_at: datetime
    married: bool = False
    province_code: str = ""
    city_code: str = ""
    district_code: str = ""
    address: str = ""
    contact: Contact | None = None
    card_number: str = ""
    insured: bool = False


@dataclass(frozen=True)
class ContactDetails:
    """A contact as a user tells it; the certificate may be left out, its type and number together."""

    name: str
    phone: str = field(repr=False)
    certificate_type: CertificateType | None = None
    certificate_number: str = field(default="", repr=False)


@dataclass(frozen=True)
class PatientDetails:
    """A patient as a user tells it, readable: it lives for one request and is never stored."""

    name: str
    certificate_type: CertificateType
    certificate_number: str = field(repr=False)
    sex: Sex
    birth_date: date
    phone: str = field(repr=False)
    married: bool = False
    province_code: str = ""
    city_code: str = ""
    district_code: str = ""
    address: str = ""
    contact: ContactDetails | None = None
    card_number: str = ""
    insured: bool = False

    def require_valid(self, today: date) -> None:
        """Pass details that can be true or raise Invalid, which names every fault at once."""
        faults = [*self._person_faults(today), *mobile_faults(self.phone, "phone"), *_contact_faults(self.contact)]
        if faults:
            raise Invalid("Some details of the patient cannot be right; `errors` names each.", faults)

    def _person_faults(self, today: date) -> Faults:
        faults = number_faults(self.certificate_type, self.certificate_number, "certificateNumber")
        if not faults and self.certificate_type.holds_citizen_number:
            faults = holder_faults(self.certificate_number, self.birth_date)
        if self.birth_date > today or age(self.birth_date, today) > _OLDEST_YEARS:
            faults.append({"field": "birthDate", "reason": f"not in the future, nor more than {_OLDEST_YEARS} years ago"})
        return faults


def age(birth_date: date, day: date) -> int:
    """Return the whole years between birth and that day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def patient_id_of(user_id: str, certificate_fingerprint: str) -> str:
    """Return the one id that this person can have in this account, so that a second registration meets the first one's item."""
    return hashlib.sha256(f"{user_id}/{certificate_fingerprint}".encode()).hexdigest()[:32]


def _contact_faults(contact: ContactDetails | None) -> Faults:
    if contact is None:
        return []
    faults = mobile_faults(contact.phone, "contact.phone")
    if contact.certificate_type:
        return faults + number_faults(contact.certificate_type, contact.certificate_number, "contact.certificateNumber")
    if contact.certificate_number:
        faults.append({"field": "contact.certificateType", "reason": "missing: a number needs its type"})
    return faults
