"""Patients: register the people a user books for, and find them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from guahao.domain.accounts import mask_phone
from guahao.domain.certificates import CertificateType, Sex, identifying_text, mask_number, normal_number
from guahao.domain.errors import NotFound
from guahao.domain.patients import Certificate, Contact, ContactDetails, Patient, PatientDetails, patient_id_of
from guahao.domain.time import shanghai_date
from guahao.ports.clock import Clock
from guahao.ports.patients import PatientStore
from guahao.ports.vault import Vault


@dataclass(frozen=True)
class PatientPage:
    items: list[Patient]
    next_cursor: str | None


@dataclass(frozen=True)
class Patients:
    """A user's own patients; another user's are not there."""

    patients: PatientStore
    vault: Vault
    clock: Clock

    def create(self, user_id: str, told: Mapping[str, Any]) -> Patient:
        """Register a person from the fields of `PatientDetails`, or raise Invalid or DuplicateCertificate."""
        details = _details(told)
        now = self.clock()
        details.require_valid(shanghai_date(now))
        certificate = self._certificate(details.certificate_type, details.certificate_number)
        patient = Patient(
            patient_id=patient_id_of(user_id, certificate.fingerprint),
            user_id=user_id,
            name=details.name,
            certificate=certificate,
            sex=details.sex,
            birth_date=details.birth_date,
            sealed_phone=self.vault.seal(details.phone),
            masked_phone=mask_phone(details.phone),
            created_at=now,
            married=details.married,
            province_code=details.province_code,
            city_code=details.city_code,
            district_code=details.district_code,
            address=details.address,
            contact=self._contact(details.contact) if details.contact else None,
            card_number=details.card_number,
            insured=details.insured,
        )
        self.patients.add(patient)
        return patient

    def get(self, user_id: str, patient_id: str) -> Patient:
        """Return the user's own patient or raise NotFound."""
        patient = self.patients.get(user_id, patient_id)
        if patient is None:
            raise NotFound("You have no such patient. Look the patient up in your list of patients.")
        return patient

    def find(self, user_id: str, name_part: str, limit: int, cursor: str | None) -> PatientPage:
        """Return a page of the user's own patients whose name holds the part, letter case aside."""
        wanted = name_part.strip().casefold()
        matching = (patient for patient in self.patients.of_user(user_id, cursor) if wanted in patient.name.casefold())
        # One more than asked tells whether there is a next page.
        items = list(islice(matching, limit + 1))
        more = len(items) > limit
        return PatientPage(items[:limit], items[limit - 1].patient_id if more else None)

    def _certificate(self, kind: CertificateType, number: str) -> Certificate:
        fingerprint = self.vault.fingerprint(identifying_text(kind, number))
        return Certificate(kind, self.vault.seal(number), fingerprint, mask_number(number))

    def _contact(self, told: ContactDetails) -> Contact:
        certificate = self._certificate(told.certificate_type, told.certificate_number) if told.certificate_type else None
        return Contact(told.name, certificate, self.vault.seal(told.phone), mask_phone(told.phone))


def _details(told: Mapping[str, Any]) -> PatientDetails:
    details = PatientDetails(**told)
    contact = ContactDetails(**told["contact"]) if told.get("contact") else None
    if contact and contact.certificate_type:
        kind, number = CertificateType(contact.certificate_type), normal_number(contact.certificate_number)
        contact = replace(contact, certificate_type=kind, certificate_number=number)
    return replace(
        details,
        certificate_type=CertificateType(details.certificate_type),
        certificate_number=normal_number(details.certificate_number),
        sex=Sex(details.sex),
        contact=contact,
    )
