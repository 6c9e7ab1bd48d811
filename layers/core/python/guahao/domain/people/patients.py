"""Patients: the people a user books for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from guahao.domain.errors import CertificateMissing, Invalid
from guahao.domain.people.certificates import (
    LIFETIME,
    Certificate,
    CertificateType,
    Faults,
    Sex,
    holder_faults,
    identifying_text,
    in_a_lifetime,
    number_faults,
    state_faults,
    told_birth_date,
)
from guahao.domain.people.phones import Prefixes, mobile_faults
from guahao.domain.texts import name_mark
from guahao.domain.time import age

if TYPE_CHECKING:
    from guahao.domain.booking.ledger import BookingPolicy


@dataclass(frozen=True)
class PatientPolicy:
    """How many patients an account may have, from which age on a patient needs no guardian, and which mobile prefixes the list lacks."""

    per_account: int = 10
    adult_age: int = 18
    mobile_prefixes: Prefixes = ()


@dataclass(frozen=True)
class Contact:
    """The person to call about a patient; for a minor, the guardian."""

    name: str
    certificate: Certificate | None
    sealed_phone: str
    masked_phone: str
    birth_date: date | None = None


@dataclass(frozen=True)
class Patient:
    """A patient of a user. Phones and certificate numbers are sealed, and answers show masks; `version` counts the writes.

    A newborn's certificate has no number and the type `none`; the guardian's is the contact's.

    `booking_banned_until` comes from the person's ledger and is not stored here; it is filled in for answers.
    """

    patient_id: str
    user_id: str
    name: str
    certificate: Certificate
    sex: Sex
    birth_date: date
    sealed_phone: str
    phone_mark: str
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
    version: int = 1
    booking_banned_until: datetime | None = field(default=None, compare=False)

    @property
    def person(self) -> str:
        """The person of the patient, the same in every account: the fingerprint of the certificate."""
        return self.certificate.fingerprint

    @property
    def is_newborn(self) -> bool:
        """Whether the patient has no certificate yet."""
        return self.certificate.type is CertificateType.NONE

    @property
    def shown_certificate(self) -> Certificate:
        """The certificate by which a hospital recognises the patient: the own one, or a newborn's guardian's."""
        guardian = self.contact.certificate if self.is_newborn and self.contact else None
        return guardian or self.certificate

    def require_certificate(self, on: date, policy: BookingPolicy) -> None:
        """Do nothing for a patient who has a certificate, or needs none yet on that day, else raise CertificateMissing."""
        if self.is_newborn and (on - self.birth_date).days > policy.newborn_days:
            detail = (
                f"A child older than {policy.newborn_days} days on the day of the visit needs a certificate of its own. "
                "Add its type and number to the patient, or choose an earlier day."
            )
            raise CertificateMissing(detail, rule=f"newbornDays@{policy.version}")


@dataclass(frozen=True)
class ContactDetails:
    """A contact as the user enters it; certificate type and number may both be missing."""

    name: str
    phone: str = field(repr=False)
    certificate_type: CertificateType | None = None
    certificate_number: str = field(default="", repr=False)
    issuing_state: str = ""
    birth_date: date | None = None

    @property
    def identifying_text(self) -> str:
        """What the certificate is compared by, empty if there is none."""
        return identifying_text(self.certificate_type, self.certificate_number, self.issuing_state) if self.certificate_type else ""

    @property
    def told_birth_date(self) -> date | None:
        """The birth date in the certificate number, or the one told because there is none in it."""
        inside = told_birth_date(self.certificate_type, self.certificate_number) if self.certificate_type else None
        return inside or self.birth_date


@dataclass(frozen=True)
class PatientDetails:
    """A patient as the user enters it, in plain text; it lives for one request and is never stored."""

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
    issuing_state: str = ""

    @property
    def identifying_text(self) -> str:
        """What the person is known by: the certificate; a newborn's guardian's, with the birth date and the name that a twin has not."""
        if self.certificate_type is not CertificateType.NONE:
            return identifying_text(self.certificate_type, self.certificate_number, self.issuing_state)
        guardian = self.contact.identifying_text if self.contact else ""
        return f"newborn:{guardian}:{self.birth_date}:{name_mark(self.name)}"

    @property
    def region_codes(self) -> list[str]:
        return [code for code in (self.province_code, self.city_code, self.district_code) if code]

    def require_valid(self, today: date, policy: PatientPolicy, newborn_days: int, unknown_regions: Collection[str]) -> None:
        """Do nothing if the details can be true, else raise Invalid with all faults; only until `newborn_days` a child needs none."""
        faults = [
            *self._person_faults(today, policy),
            *self._newborn_faults(today, newborn_days),
            *mobile_faults(self.phone, "phone", policy.mobile_prefixes),
            *self._region_faults(unknown_regions),
            *_contact_faults(self.contact, today, policy),
        ]
        if faults:
            raise Invalid("Some details of the patient cannot be right; `errors` names each.", faults)

    def _person_faults(self, today: date, policy: PatientPolicy) -> Faults:
        faults = number_faults(self.certificate_type, self.certificate_number, "certificateNumber", today)
        faults = faults or holder_faults(self.certificate_type, self.certificate_number, self.birth_date)
        faults += state_faults(self.certificate_type, self.issuing_state, "issuingState")
        if not in_a_lifetime(self.birth_date, today):
            # An impossible birth date is not also reported as different from the certificate's.
            faults = [fault for fault in faults if fault["field"] != "birthDate"] + [{"field": "birthDate", "reason": LIFETIME}]
        elif age(self.birth_date, today) < policy.adult_age or self.certificate_type is CertificateType.NONE:
            faults += self._guardian_faults(today, policy)
        return faults

    def _guardian_faults(self, today: date, policy: PatientPolicy) -> Faults:
        """Return what is wrong with a minor's guardian, who is another person and of age; a wrong number is told elsewhere."""
        guardian, adult_age = self.contact, policy.adult_age
        if guardian is None:
            return [{"field": "contact", "reason": f"missing: a patient under {adult_age} needs a guardian to call"}]
        if _contact_faults(guardian, today, policy):
            return []
        if guardian.identifying_text == self.identifying_text:
            return [{"field": "contact.certificateNumber", "reason": "the patient's own: a guardian is another person"}]
        born = guardian.told_birth_date
        if born is None:
            return [{"field": "contact.birthDate", "reason": "missing: the certificate does not tell whether the guardian is of age"}]
        if age(born, today) < adult_age:
            return [{"field": "contact.birthDate", "reason": f"a guardian is {adult_age} or older"}]
        return []

    def _newborn_faults(self, today: date, newborn_days: int) -> Faults:
        """Return what is wrong with a patient without a certificate, who is a child of few days and goes by its guardian's."""
        if self.certificate_type is not CertificateType.NONE:
            return []
        if (today - self.birth_date).days > newborn_days:
            reason = f"a child older than {newborn_days} days needs a certificate of its own: give its type and number"
            return [{"field": "certificateType", "reason": reason}]
        if self.contact and not self.contact.certificate_type:
            return [{"field": "contact.certificateType", "reason": "missing: a child without a certificate goes by its guardian's"}]
        return []

    def _region_faults(self, unknown: Collection[str]) -> Faults:
        """Return the faults of region codes: a code must be known, and begin with its province's two digits, then its city's two."""
        province, city, district = self.province_code, self.city_code, self.district_code
        faults = []
        if province in unknown:
            faults.append({"field": "provinceCode", "reason": "no province of the dictionary"})
        if city in unknown or (city and (not province or city[:2] != province[:2])):
            faults.append({"field": "cityCode", "reason": "not a city of the province"})
        if district in unknown or (district and (not city or district[:4] != city[:4])):
            faults.append({"field": "districtCode", "reason": "not a district of the city"})
        return faults


def _contact_faults(contact: ContactDetails | None, today: date, policy: PatientPolicy) -> Faults:
    if contact is None:
        return []
    faults = mobile_faults(contact.phone, "contact.phone", policy.mobile_prefixes)
    kind, number, born = contact.certificate_type, contact.certificate_number, contact.birth_date
    if born and not in_a_lifetime(born, today):
        return [*faults, {"field": "contact.birthDate", "reason": LIFETIME}]
    if kind:
        wrong = number_faults(kind, number, "contact.certificateNumber", today)
        if born and not wrong:
            wrong = [{**fault, "field": "contact.birthDate"} for fault in holder_faults(kind, number, born)]
        return faults + wrong + state_faults(kind, contact.issuing_state, "contact.issuingState")
    if number or contact.issuing_state:
        faults.append({"field": "contact.certificateType", "reason": "missing: a number needs its type"})
    return faults
