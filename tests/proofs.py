"""How a caller answers a challenge, with nothing of the product."""

from __future__ import annotations

import hashlib
from itertools import count


def nonce_for(salt: str, bits: int) -> str:
    """Return a nonce with which the hash begins with so many zero bits."""
    for tried in count():
        written = "".join(f"{byte:08b}" for byte in hashlib.sha256(f"{salt}{tried}".encode()).digest())
        if written.startswith("0" * bits):
            return str(tried)
    raise AssertionError
