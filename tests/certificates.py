"""A certificate authority for tests, known to nobody but those who are told."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


class Authority:
    """Signs certificates of servers, each for one name."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Authority of the tests")
        self._certificate = self._signed(_unsigned(self._name, self._name, self._key.public_key(), authority=True))

    def trust(self) -> ssl.SSLContext:
        """Return the context of a client that trusts this authority alone."""
        return ssl.create_default_context(cadata=_pem(self._certificate).decode())

    def server(self, name: str) -> ssl.SSLContext:
        """Return the context of a server with a certificate for the name."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _unsigned(_name(name), self._name, key.public_key(), authority=False)
        certificate = self._signed(builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False))
        encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with TemporaryDirectory() as folder:
            chain = Path(folder, "chain.pem")
            chain.write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain) + _pem(certificate))
            context.load_cert_chain(chain)
        return context

    def _signed(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        return builder.sign(self._key, hashes.SHA256())


def _unsigned(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, authority: bool) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), now - _DAY, now + _DAY)
    return builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
