"""Patients, the people a user books for: registering, changing, removing and finding them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.errors import NotFound, Unavailable
from guahao.domain.people.certificates import Certificate, CertificateType, Sex, normal_number
from guahao.domain.people.patients import Contact, ContactDetails, Patient, PatientDetails, PatientPolicy
from guahao.domain.people.phones import mask_phone
from guahao.domain.texts import folded
from guahao.domain.time import shanghai_date
from guahao.domain.versions import retry
from guahao.ports.clock import Clock
from guahao.ports.pages import Page
from guahao.ports.people.patients import PatientStore
from guahao.ports.vault import Vault
from guahao.usecases.people.sealing import phone_mark, sealed_certificate

if TYPE_CHECKING:
    from guahao.contracts.queries import PatientQuery

# Each lost round is somebody else's finished write on the same account or person.
_ROUNDS = 20


@dataclass(frozen=True)
class Patients:
    """A user's own patients; another user's patients do not exist here."""

    patients: PatientStore
    vault: Vault
    clock: Clock
    policy: PatientPolicy
    booking_policy: BookingPolicy
    unknown_regions: Callable[[Collection[str]], Collection[str]]

    def create(self, user_id: str, told: Mapping[str, Any]) -> Patient:
        """Register a person from the fields of `PatientDetails`, or raise Invalid, DuplicateCertificate or PatientCapReached."""
        patient = self._patient(user_id, secrets.token_hex(16), told)

        def add() -> Patient:
            ledger = self.patients.ledger(patient.person).register(patient)
            roster = self.patients.roster(user_id).add(patient.patient_id, self.policy)
            self.patients.add(patient, roster, ledger)
            return replace(patient, booking_banned_until=ledger.banned_until(self.booking_policy, self._today()))

        return retry(add, "This account", _ROUNDS)

    def change(self, user_id: str, patient_id: str, told: Mapping[str, Any]) -> Patient:
        """Replace all details of the user's own patient and return the patient.

        Raises NotFound or Invalid and, for another certificate, DuplicateCertificate, or PatientHasBookings while a visit is to come.
        """
        wanted = self._patient(user_id, patient_id, told)

        def change() -> Patient:
            before = self._own(user_id, patient_id)
            after = replace(wanted, created_at=before.created_at, version=before.version + 1)
            self.patients.change(before, after, self._ledgers_between(before, after))
            return after

        return self._seen([retry(change, "This patient", _ROUNDS)])[0]

    def remove(self, user_id: str, patient_id: str) -> None:
        """Remove the user's own patient, or raise NotFound, or PatientHasBookings while a visit is to come."""

        def remove() -> None:
            patient = self._own(user_id, patient_id)
            ledger = self.patients.ledger(patient.person).leave(patient, self._today())
            self.patients.remove(patient, self.patients.roster(user_id).remove(patient_id), ledger)

        retry(remove, "This patient", _ROUNDS)

    def get(self, user_id: str, patient_id: str) -> Patient:
        """Return the user's own patient or raise NotFound."""
        return self._seen([self._own(user_id, patient_id)])[0]

    def find(self, user_id: str, query: PatientQuery) -> Page[Patient]:
        """Return a page of the user's own patients whose names contain the text; however they are written."""
        wanted, limit = folded(query.q), query.limit
        matching = (patient for patient in self.patients.of_user(user_id, query.cursor) if wanted in folded(patient.name))
        # One more is read to know whether there is a next page.
        items = list(islice(matching, limit + 1))
        more = len(items) > limit
        return Page(self._seen(items[:limit]), items[limit - 1].patient_id if more else None)

    def _own(self, user_id: str, patient_id: str) -> Patient:
        patient = self.patients.get(user_id, patient_id)
        if patient is None:
            raise NotFound("You have no such patient. Look the patient up in your list of patients.")
        return patient

    def _seen(self, patients: Sequence[Patient]) -> list[Patient]:
        return with_bans(patients, self.patients, self.booking_policy, self.clock())

    def _patient(self, user_id: str, patient_id: str, told: Mapping[str, Any]) -> Patient:
        """Return a new patient with the entered details and everything private sealed, or raise Invalid."""
        details = _details(told)
        details.require_valid(self._today(), self.policy, self.booking_policy.newborn_days, self._unknown(details.region_codes))
        return Patient(
            patient_id=patient_id,
            user_id=user_id,
            name=details.name,
            certificate=self._certificate(details),
            sex=details.sex,
            birth_date=details.birth_date,
            sealed_phone=self.vault.seal(details.phone),
            phone_mark=phone_mark(self.vault, details.phone),
            masked_phone=mask_phone(details.phone),
            created_at=self.clock(),
            married=details.married,
            province_code=details.province_code,
            city_code=details.city_code,
            district_code=details.district_code,
            address=details.address,
            contact=self._contact(details.contact) if details.contact else None,
            card_number=details.card_number,
            insured=details.insured,
        )

    def _certificate(self, details: PatientDetails) -> Certificate:
        """Return the patient's certificate, sealed; a newborn's has nothing but the fingerprint, by which the person is known."""
        kind = details.certificate_type
        if kind is CertificateType.NONE:
            return Certificate(kind, "", self.vault.fingerprint(details.identifying_text), "")
        return sealed_certificate(self.vault, kind, details.certificate_number, details.issuing_state)

    def _ledgers_between(self, before: Patient, after: Patient) -> tuple[Ledger, ...]:
        """Return the changed ledgers of the person before and the person after, none if the person is the same."""
        if after.person == before.person:
            self.patients.ledger(after.person).require_name(after.name)
            return ()
        left = self.patients.ledger(before.person).leave(before, self._today())
        return left, self.patients.ledger(after.person).register(after)

    def _contact(self, told: ContactDetails) -> Contact:
        kind = told.certificate_type
        certificate = sealed_certificate(self.vault, kind, told.certificate_number, told.issuing_state) if kind else None
        return Contact(told.name, certificate, self.vault.seal(told.phone), mask_phone(told.phone), told.birth_date)

    def _unknown(self, region_codes: Collection[str]) -> Collection[str]:
        # Without the dictionary the codes are not checked, so that users can still register patients.
        with suppress(Unavailable):
            return self.unknown_regions(region_codes) if region_codes else ()
        return ()

    def _today(self) -> date:
        return shanghai_date(self.clock())


def with_bans(patients: Sequence[Patient], store: PatientStore, policy: BookingPolicy, now: datetime) -> list[Patient]:
    """Return the patients, with the end of the ban for those who may not book, in one request to the store."""
    ledgers, today = store.ledgers([patient.person for patient in patients]), shanghai_date(now)
    return [replace(p, booking_banned_until=ledgers[p.person].banned_until(policy, today)) for p in patients]


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
