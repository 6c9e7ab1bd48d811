"""The keys of the simulated merchant and platform, made once per state folder."""

from __future__ import annotations

import json
import os
import secrets
import string
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_FILE = "keys.json"


@dataclass(frozen=True)
class Keys:
    """What the platform holds of its one merchant."""

    appid: str
    mchid: str
    merchant_serial: str
    merchant_public_key: RSAPublicKey
    api_v3_key: bytes
    platform_private_key: RSAPrivateKey
    platform_public_key_id: str


def ensure(directory: Path) -> dict[str, str]:
    """Return the merchant's secret of this state folder, made at the first call; two processes calling at once get the same."""
    path = directory / _FILE
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        _publish(json.dumps(_make(), indent=1), path)
    secret: dict[str, str] = json.loads(path.read_text())["secret"]
    return secret


def load(directory: Path) -> Keys:
    """Return the platform's view of the keys, made if they are not there."""
    secret = ensure(directory)
    platform = json.loads((directory / _FILE).read_text())["platform"]
    private_key = load_pem_private_key(platform["privateKey"].encode(), password=None)
    merchant_key = load_pem_public_key(platform["merchantPublicKey"].encode())
    if not isinstance(private_key, RSAPrivateKey) or not isinstance(merchant_key, RSAPublicKey):
        raise ValueError(f"{directory / _FILE} does not hold RSA keys; remove it to have new ones made.")
    return Keys(
        appid=secret["appid"],
        mchid=secret["mchid"],
        merchant_serial=secret["merchantSerial"],
        merchant_public_key=merchant_key,
        api_v3_key=secret["apiV3Key"].encode(),
        platform_private_key=private_key,
        platform_public_key_id=secret["platformPublicKeyId"],
    )


def _make() -> dict[str, dict[str, str]]:
    merchant, platform = (generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    mchid = "19" + "".join(secrets.choice(string.digits) for _ in range(8))
    return {
        "secret": {
            "appid": "wx" + secrets.token_hex(8),
            "mchid": mchid,
            "merchantSerial": secrets.token_hex(20).upper(),
            "merchantPrivateKey": _private_pem(merchant),
            "apiV3Key": "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32)),
            "platformPublicKey": _public_pem(platform.public_key()),
            "platformPublicKeyId": f"PUB_KEY_ID_01{mchid}" + secrets.token_hex(8).upper(),
        },
        "platform": {"privateKey": _private_pem(platform), "merchantPublicKey": _public_pem(merchant.public_key())},
    }


def _publish(text: str, path: Path) -> None:
    # A link either appears whole or finds the name taken: whoever comes second uses the keys of the first.
    with NamedTemporaryFile("w", dir=path.parent, prefix=_FILE) as file:
        file.write(text)
        file.flush()
        try:
            os.link(file.name, path)
        except FileExistsError:
            return


def _private_pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_pem(key: RSAPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
