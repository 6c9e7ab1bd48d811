"""Signatures between partner systems and the platform, the same in both directions: HMAC-SHA256 with the hospital's key."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

from guahao.domain.errors import Unauthenticated

WINDOW_SECONDS = 300

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_NONCE = re.compile(r"[\x21-\x7e]{16,64}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


def sign(key: str, method: str, path_and_query: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return the signature of a request in lower-case hexadecimal digits; the query is empty or begins with its `?`."""
    text = "\n".join((method.upper(), path_and_query, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def verify(key: str, signature: str, method: str, path_and_query: str, timestamp: str, nonce: str, body: bytes, now: datetime) -> None:
    """Accept a request signed with the key within five minutes of `now`, or raise Unauthenticated.

    The caller must check the nonce after this, because only a genuine request may use it up.
    """
    if not _TIMESTAMP.fullmatch(timestamp):
        raise Unauthenticated("The timestamp is not a whole number of Unix seconds.")
    if abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise Unauthenticated("The timestamp is more than five minutes away from now; check the clock and sign again.")
    if not _NONCE.fullmatch(nonce):
        raise Unauthenticated("The nonce is not 16 to 64 visible ASCII characters.")
    # The shape is checked first, because compare_digest accepts only ASCII.
    if not _SIGNATURE.fullmatch(signature):
        raise Unauthenticated("The signature is not 64 lower-case hexadecimal digits.")
    if not hmac.compare_digest(sign(key, method, path_and_query, timestamp, nonce, body), signature):
        raise Unauthenticated("The signature does not fit the request; check the key and what is signed.")
