"""The vault on KMS: both keys stay inside KMS."""

from __future__ import annotations

from base64 import b64decode, b64encode

from guahao.adapters.aws.clients import answering, client


class KmsVault:
    """Seals personal data and fingerprints it, under two KMS keys; a function may have permission for one of them only."""

    def __init__(self, vault_key: str, fingerprint_key: str) -> None:
        self._vault_key = vault_key
        self._fingerprint_key = fingerprint_key

    def seal(self, text: str) -> str:
        """Return the text sealed, as base64."""
        with answering("The vault"):
            answer = client("kms").encrypt(KeyId=self._vault_key, Plaintext=text.encode())
        return b64encode(answer["CiphertextBlob"]).decode()

    def open(self, sealed: str) -> str:
        """Return the text that was sealed."""
        with answering("The vault"):
            answer = client("kms").decrypt(KeyId=self._vault_key, CiphertextBlob=b64decode(sealed))
        text: bytes = answer["Plaintext"]
        return text.decode()

    def fingerprint(self, text: str) -> str:
        """Return the fingerprint of the text, always the same: 64 hexadecimal digits."""
        with answering("The vault"):
            answer = client("kms").generate_mac(KeyId=self._fingerprint_key, Message=text.encode(), MacAlgorithm="HMAC_SHA_256")
        mark: bytes = answer["Mac"]
        return mark.hex()
