"""Verified users, until people can have themselves verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import DynamoAccounts, UserItem
from guahao.bootstrap.patients import patients
from guahao.domain.accounts import IdentityState
from guahao.domain.certificates import CertificateType, Sex, check_digit, identifying_text
from guahao.domain.patients import patient_id_of
from guahao.runtime import settings
from guahao.usecases.accounts import new_user


def verified_user(phone: str, name: str) -> tuple[str, str]:
    """Make the phone's account a verified one with one patient, and return the ids of both; again changes nothing."""
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    accounts, newcomer = DynamoAccounts(settings.text("ACCOUNTS_TABLE")), new_user(vault, phone, utc_now())
    user_id = newcomer.user_id
    user = accounts.get(user_id) or accounts.register(newcomer)
    if user.identity_state is not IdentityState.APPROVED:
        UserItem.from_domain(replace(user, name=name, identity_state=IdentityState.APPROVED)).save()
    number, sex, birth_date = citizen(phone)
    patient_id = patient_id_of(user_id, vault.fingerprint(identifying_text(CertificateType.ID_CARD, number)))
    if patients().patients.get(user_id, patient_id) is None:
        patients().create(user_id, _told(phone, name, number, sex, birth_date))
    return user_id, patient_id


def citizen(phone: str) -> tuple[str, Sex, date]:
    """Return a valid citizen number of nobody in particular, with the sex and birth date inside it."""
    born = date(1960 + int(phone[3:5]) % 45, 1 + int(phone[5:7]) % 12, 1 + int(phone[7:9]) % 28)
    digits = f"110101{born:%Y%m%d}{phone[-3:]}"
    return digits + check_digit(digits), Sex.MALE if int(phone[-1]) % 2 else Sex.FEMALE, born


def _told(phone: str, name: str, number: str, sex: Sex, birth_date: date) -> dict[str, object]:
    return {
        "name": name,
        "certificate_type": CertificateType.ID_CARD,
        "certificate_number": number,
        "sex": sex,
        "birth_date": birth_date,
        "phone": phone,
    }
