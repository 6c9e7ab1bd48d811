"""Patients in the accounts table, beside their user."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pynamodb.attributes import BooleanAttribute, MapAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import PutError

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.base import use_table
from guahao.domain.certificates import CertificateType, Sex
from guahao.domain.errors import DuplicateCertificate
from guahao.domain.patients import Certificate, Contact, Patient

PREFIX = "patient#"


class CertificateMap(MapAttribute[str, Any]):
    type = UnicodeAttribute()
    sealed_number = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    masked_number = UnicodeAttribute()

    @classmethod
    def from_domain(cls, certificate: Certificate) -> CertificateMap:
        """Return the map that keeps the certificate."""
        return cls(
            type=certificate.type.value,
            sealed_number=certificate.sealed_number,
            fingerprint=certificate.fingerprint,
            masked_number=certificate.masked_number,
        )

    def to_domain(self) -> Certificate:
        """Return the certificate that the map keeps."""
        return Certificate(CertificateType(self.type), self.sealed_number, self.fingerprint, self.masked_number)


class ContactMap(MapAttribute[str, Any]):
    name = UnicodeAttribute()
    certificate = CertificateMap(null=True)
    sealed_phone = UnicodeAttribute()
    masked_phone = UnicodeAttribute()

    @classmethod
    def from_domain(cls, contact: Contact) -> ContactMap:
        """Return the map that keeps the contact."""
        return cls(
            name=contact.name,
            certificate=CertificateMap.from_domain(contact.certificate) if contact.certificate else None,
            sealed_phone=contact.sealed_phone,
            masked_phone=contact.masked_phone,
        )

    def to_domain(self) -> Contact:
        """Return the contact that the map keeps."""
        certificate = self.certificate.to_domain() if self.certificate else None
        return Contact(self.name, certificate, self.sealed_phone, self.masked_phone)


class PatientItem(AccountItem, discriminator="patient"):
    patient_id = UnicodeAttribute()
    name = UnicodeAttribute()
    certificate = CertificateMap()
    sex = UnicodeAttribute()
    birth_date = UnicodeAttribute()
    sealed_phone = UnicodeAttribute()
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

    @classmethod
    def from_domain(cls, patient: Patient) -> PatientItem:
        """Return the item that keeps the patient."""
        return cls(
            patient.user_id,
            patient_key(patient.patient_id),
            patient_id=patient.patient_id,
            name=patient.name,
            certificate=CertificateMap.from_domain(patient.certificate),
            sex=patient.sex.value,
            birth_date=patient.birth_date.isoformat(),
            sealed_phone=patient.sealed_phone,
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
        )

    def to_domain(self) -> Patient:
        """Return the patient that the item keeps."""
        return Patient(
            patient_id=self.patient_id,
            user_id=self.owner,
            name=self.name,
            certificate=self.certificate.to_domain(),
            sex=Sex(self.sex),
            birth_date=date.fromisoformat(self.birth_date),
            sealed_phone=self.sealed_phone,
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
        )


class DynamoPatients:
    """The store of patients."""

    def __init__(self, table_name: str) -> None:
        use_table(AccountItem, table_name)

    def get(self, user_id: str, patient_id: str) -> Patient | None:
        """Return the user's patient as last written; another user's is as good as none."""
        try:
            return PatientItem.get(user_id, patient_key(patient_id), consistent_read=True).to_domain()
        except PatientItem.DoesNotExist:
            return None

    def add(self, patient: Patient) -> None:
        """Store a new patient or raise DuplicateCertificate if the account has this person already."""
        try:
            PatientItem.from_domain(patient).save(condition=PatientItem.owner.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            raise DuplicateCertificate("A patient with this certificate is in your list already.", rule="certificateOnce") from error

    def of_user(self, user_id: str, after: str | None = None) -> Iterator[Patient]:
        """Yield the user's patients in the order of their ids, those behind `after` only, reading no more pages than are taken."""
        start = {"owner": {"S": user_id}, "item": {"S": patient_key(after)}} if after else None
        items = PatientItem.query(user_id, PatientItem.item.startswith(PREFIX), consistent_read=True, last_evaluated_key=start)
        return (item.to_domain() for item in items)


def patient_key(patient_id: str) -> str:
    """Return the sort key under which a patient lies."""
    return f"{PREFIX}{patient_id}"
