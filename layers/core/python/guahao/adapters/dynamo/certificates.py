"""Certificates in DynamoDB, inside the items of their holders."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import MapAttribute, UnicodeAttribute

from guahao.domain.people.certificates import Certificate, CertificateType


class CertificateMap(MapAttribute[str, Any]):
    type = UnicodeAttribute()
    sealed_number = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    masked_number = UnicodeAttribute()

    @classmethod
    def from_domain(cls, certificate: Certificate) -> CertificateMap:
        """Return the certificate's map."""
        return cls(
            type=certificate.type.value,
            sealed_number=certificate.sealed_number,
            fingerprint=certificate.fingerprint,
            masked_number=certificate.masked_number,
        )

    def to_domain(self) -> Certificate:
        """Return the certificate of the map."""
        return Certificate(CertificateType(self.type), self.sealed_number, self.fingerprint, self.masked_number)
