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
    issuing_state = UnicodeAttribute(null=True)

    @classmethod
    def from_domain(cls, certificate: Certificate) -> CertificateMap:
        """Return the certificate's map."""
        return cls(
            type=certificate.type.value,
            sealed_number=certificate.sealed_number,
            fingerprint=certificate.fingerprint,
            masked_number=certificate.masked_number,
            issuing_state=certificate.issuing_state or None,
        )

    def to_domain(self) -> Certificate:
        """Return the certificate that the map keeps."""
        return Certificate(CertificateType(self.type), self.sealed_number, self.fingerprint, self.masked_number, self.issuing_state or "")
