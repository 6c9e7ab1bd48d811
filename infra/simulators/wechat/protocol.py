"""WeChat Pay's API v3 on the platform's side: who signed a request, and how answers and notifications are signed and sealed."""

from __future__ import annotations

import base64
import json
import re
import secrets
import string
from binascii import Error as Base64Error
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from infra.simulators.wechat.keys import Keys

ALGORITHM = "WECHATPAY2-SHA256-RSA2048"
WINDOW_SECONDS = 300

_FIELD = re.compile(r'(\w+)="([^"]*)"')
_NONCE = re.compile(r"[0-9A-Za-z]{1,32}")
_ALPHABET = string.ascii_letters + string.digits


class WechatError(Exception):
    """A refusal as WeChat Pay words it: HTTP status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Doorman:
    """Lets in what the merchant signed, once per nonce."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._seen: dict[str, int] = {}

    def admit(self, authorization: str, method: str, path_and_query: str, body: bytes, now: int) -> None:
        """Accept the request or raise SIGN_ERROR."""
        scheme, _, rest = authorization.partition(" ")
        fields = dict(_FIELD.findall(rest))
        if scheme != ALGORITHM or fields.keys() != {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}:
            raise _sign_error("Http头缺少认证信息")
        timestamp, nonce = fields["timestamp"], fields["nonce_str"]
        if fields["mchid"] != self._keys.mchid or fields["serial_no"] != self._keys.merchant_serial:
            raise _sign_error("商户号或商户证书序列号有误")
        if not timestamp.isdecimal() or abs(now - int(timestamp)) > WINDOW_SECONDS or not _NONCE.fullmatch(nonce):
            raise _sign_error("时间戳已过期或随机串有误")
        message = f"{method}\n{path_and_query}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
        try:
            signature = base64.b64decode(fields["signature"], validate=True)
            self._keys.merchant_public_key.verify(signature, message, PKCS1v15(), SHA256())
        except (InvalidSignature, Base64Error) as error:
            raise _sign_error("签名错误") from error
        self._seen = {seen: at for seen, at in self._seen.items() if now - at <= 2 * WINDOW_SECONDS}
        if nonce in self._seen:
            raise _sign_error("随机串重复")
        self._seen[nonce] = now


def probing(headers: dict[str, str]) -> dict[str, str]:
    """Return the headers with a signature that must not be believed: the platform tries now and then whether anybody looks."""
    return headers | {"Wechatpay-Signature": f"WECHATPAY/SIGNTEST/{headers['Wechatpay-Signature']}"}


def signature_headers(keys: Keys, body: bytes, now: int) -> dict[str, str]:
    """Return the headers that prove an answer or a notification to be the platform's."""
    timestamp, nonce = str(now), random_text(32)
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    signature = keys.platform_private_key.sign(message, PKCS1v15(), SHA256())
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": base64.b64encode(signature).decode(),
        "Wechatpay-Signature-Type": ALGORITHM,
        "Wechatpay-Serial": keys.platform_public_key_id,
    }


def seal(keys: Keys, resource: dict[str, Any], associated_data: str) -> dict[str, str]:
    """Return the resource of a notification, encrypted with the merchant's APIv3 key."""
    nonce = random_text(12)
    plain = json.dumps(resource, ensure_ascii=False).encode()
    ciphertext = AESGCM(keys.api_v3_key).encrypt(nonce.encode(), plain, associated_data.encode())
    return {
        "original_type": associated_data,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(ciphertext).decode(),
        "associated_data": associated_data,
        "nonce": nonce,
    }


def random_text(length: int) -> str:
    """Return random letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _sign_error(message: str) -> WechatError:
    return WechatError(401, "SIGN_ERROR", message)
