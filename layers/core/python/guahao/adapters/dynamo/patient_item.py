"""The item of a patient, beside the user's item."""

from __future__ import annotations

from datetime import date
from typing import Any

from pynamodb.attributes import BooleanAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.certificates import CertificateMap
from guahao.domain.people.certificates import Sex
from guahao.domain.people.patients import Contact, Patient

PATIENT_PREFIX = "patient#"


class ContactMap(MapAttribute[str, Any]):
    name = UnicodeAttribute()
    certificate = CertificateMap(null=True)
    sealed_phone = UnicodeAttribute()
    masked_phone = UnicodeAttribute()
    birth_date = UnicodeAttribute(null=True)

    @classmethod
    def from_domain(cls, contact: Contact) -> ContactMap:
        """Return the contact's map."""
        return cls(
            name=contact.name,
            certificate=CertificateMap.from_domain(contact.certificate) if contact.certificate else None,
            sealed_phone=contact.sealed_phone,
            masked_phone=contact.masked_phone,
            birth_date=contact.birth_date.isoformat() if contact.birth_date else None,
        )

    def to_domain(self) -> Contact:
        """Return the contact of the map."""
        certificate = self.certificate.to_domain() if self.certificate else None
        born = date.fromisoformat(self.birth_date) if self.birth_date else None
        return Contact(self.name, certificate, self.sealed_phone, self.masked_phone, born)


class PatientItem(AccountItem, discriminator="patient"):
    patient_id = UnicodeAttribute()
    name = UnicodeAttribute()
    certificate = CertificateMap()
    sex = UnicodeAttribute()
    birth_date = UnicodeAttribute()
    sealed_phone = UnicodeAttribute()
    phone_mark = UnicodeAttribute()
    masked_phone = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    married = BooleanAttribute(default=False)
    province_code = UnicodeAttribute(default="")
    city_code = UnicodeAttribute(default="")
    district_code = UnicodeAttribute(default="")
    address = UnicodeAttribute(default="")
    contact = ContactMap(null=True)
    card_number = UnicodeAttribute(default="")
    insured = BooleanAttribute(default=False)
    version = NumberAttribute()

    @classmethod
    def from_domain(cls, patient: Patient) -> PatientItem:
        """Return the patient's item."""
        return cls(
            patient.user_id,
            patient_key(patient.patient_id),
            patient_id=patient.patient_id,
            name=patient.name,
            certificate=CertificateMap.from_domain(patient.certificate),
            sex=patient.sex.value,
            birth_date=patient.birth_date.isoformat(),
            sealed_phone=patient.sealed_phone,
            phone_mark=patient.phone_mark,
            masked_phone=patient.masked_phone,
            created_at=patient.created_at,
            married=patient.married,
            province_code=patient.province_code,
            city_code=patient.city_code,
            district_code=patient.district_code,
            address=patient.address,
            contact=ContactMap.from_domain(patient.contact) if patient.contact else None,
            card_number=patient.card_number,
            insured=patient.insured,
            version=patient.version,
        )

    def to_domain(self) -> Patient:
        """Return the patient of the item."""
        return Patient(
            patient_id=self.patient_id,
            user_id=self.owner,
            name=self.name,
            certificate=self.certificate.to_domain(),
            sex=Sex(self.sex),
            birth_date=date.fromisoformat(self.birth_date),
            sealed_phone=self.sealed_phone,
            phone_mark=self.phone_mark,
            masked_phone=self.masked_phone,
            created_at=self.created_at,
            married=self.married,
            province_code=self.province_code,
            city_code=self.city_code,
            district_code=self.district_code,
            address=self.address,
            contact=self.contact.to_domain() if self.contact else None,
            card_number=self.card_number,
            insured=self.insured,
            version=int(self.version),
        )


def patient_key(patient_id: str) -> str:
    """Return the sort key of a patient."""
    return f"{PATIENT_PREFIX}{patient_id}"
