"""Certificates as they are stored."""

from __future__ import annotations

from guahao.domain.certificates import Certificate, CertificateType, identifying_text, mask_number
from guahao.ports.vault import Vault


def sealed_certificate(vault: Vault, kind: CertificateType, number: str) -> Certificate:
    """Return the certificate of a normal number with nothing of it left to read but its mask."""
    fingerprint = vault.fingerprint(identifying_text(kind, number))
    return Certificate(kind, vault.seal(number), fingerprint, mask_number(number))
