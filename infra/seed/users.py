"""Verified users: registered, submitted and approved as anybody else, by an administrator who is none."""

from __future__ import annotations

from datetime import date

import httpx

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.notices import DynamoSentNotices
from guahao.bootstrap.people.identity import identity_service
from guahao.bootstrap.people.patients import patients
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import Unavailable
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.certificates import CertificateType, Sex, check_digit, identifying_text
from guahao.domain.people.identity import Identity
from guahao.domain.people.photos import PhotoType
from guahao.ports.notices.notices import SENDING
from guahao.runtime import settings
from guahao.usecases.people.login import new_user
from infra.seed.photos import grey_png

AUDITOR = "demo-data"


def verified_user(phone: str, name: str) -> tuple[str, str]:
    """Make the phone's account a verified one with one patient, and return the ids of both; again changes nothing."""
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    accounts, newcomer = DynamoAccounts(settings.text("ACCOUNTS_TABLE")), new_user(vault, phone, utc_now())
    user_id = accounts.register(newcomer).user_id
    number, sex, birth_date = citizen(phone)
    identity = identity_service().get(user_id)
    if identity is None or not (identity.in_force or identity.state is IdentityState.UNDER_REVIEW):
        identity = _submit(user_id, name, number)
    if not identity.in_force:
        _approve(identity)
    service, person = patients(), vault.fingerprint(identifying_text(CertificateType.ID_CARD, number))
    known = service.patients.ledger(person).patients.get(user_id)
    return user_id, known or service.create(user_id, _told(phone, name, number, sex, birth_date)).patient_id


def citizen(phone: str) -> tuple[str, Sex, date]:
    """Return a valid citizen number of nobody in particular, with the sex and birth date inside it."""
    born = date(1960 + int(phone[2:5]) % 45, 1 + int(phone[5:7]) % 12, 1 + int(phone[7:9]) % 28)
    digits = f"110101{born:%Y%m%d}{phone[-3:]}"
    return digits + check_digit(digits), Sex.MALE if int(phone[-1]) % 2 else Sex.FEMALE, born


def _submit(user_id: str, name: str, number: str) -> Identity:
    photo = grey_png(320, 200)
    form = identity_service().upload(user_id, PhotoType.PNG.value, len(photo))
    if httpx.post(form.url, data=form.fields, files={"file": photo}, trust_env=False).is_error:
        raise Unavailable("The store of photos did not take a demo user's photo: see its log.")
    return identity_service().submit(user_id, name, CertificateType.ID_CARD.value, number, form.photo_key)


def _approve(identity: Identity) -> None:
    # Nobody waits for this news, so it counts as told.
    DynamoSentNotices(settings.text("NOTICES_TABLE")).claim(identity.subject, IdentityState.APPROVED.value, utc_now() - SENDING)
    entry = AuditEntry(AUDITOR, Action.IDENTITY_APPROVED, identity.subject)
    identity_service().identities.decide(identity, identity.decide(True, "", AUDITOR, utc_now()), entry)


def _told(phone: str, name: str, number: str, sex: Sex, birth_date: date) -> dict[str, object]:
    return {
        "name": name,
        "certificate_type": CertificateType.ID_CARD,
        "certificate_number": number,
        "sex": sex,
        "birth_date": birth_date,
        "phone": phone,
    }
