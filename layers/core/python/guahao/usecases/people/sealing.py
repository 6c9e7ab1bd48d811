"""Sealing: certificates and phones as they are stored."""

from __future__ import annotations

from guahao.domain.people.certificates import Certificate, CertificateType, identifying_text, mask_number
from guahao.ports.vault import Vault


def sealed_certificate(vault: Vault, kind: CertificateType, number: str, issuing_state: str = "") -> Certificate:
    """Return the certificate of a normal number with nothing of it left to read but its mask."""
    fingerprint = vault.fingerprint(identifying_text(kind, number, issuing_state))
    return Certificate(kind, vault.seal(number), fingerprint, mask_number(number), issuing_state)


def phone_mark(vault: Vault, phone: str) -> str:
    """Return the mark of a patient's phone. It differs from the fingerprint of an account's phone, which is stored nowhere."""
    return vault.fingerprint(f"patient phone:{phone}")


def phone_fingerprint(vault: Vault, phone: str) -> str:
    """Return the fingerprint of an account's phone: its id and its login codes are made with it, and it is stored nowhere."""
    return vault.fingerprint(f"phone:{phone}")
