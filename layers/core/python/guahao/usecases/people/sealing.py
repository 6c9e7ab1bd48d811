"""Sealing: certificates and phones as they are stored."""

from __future__ import annotations

from guahao.domain.people.certificates import Certificate, CertificateType, identifying_text, mask_number
from guahao.ports.vault import Vault


def sealed_certificate(vault: Vault, kind: CertificateType, number: str) -> Certificate:
    """Return the certificate of a normal number, of which only the mask can be read."""
    fingerprint = vault.fingerprint(identifying_text(kind, number))
    return Certificate(kind, vault.seal(number), fingerprint, mask_number(number))


def phone_mark(vault: Vault, phone: str) -> str:
    """Return the mark of a patient's phone. It differs from the fingerprint of an account's phone, which is stored nowhere."""
    return vault.fingerprint(f"patient phone:{phone}")
