"""A vault that anybody can read, told apart from plain text by its marks."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode


class FakeVault:
    def seal(self, text: str) -> str:
        return f"sealed:{b64encode(text.encode()).decode()}"

    def open(self, sealed: str) -> str:
        return b64decode(sealed.removeprefix("sealed:")).decode()

    def fingerprint(self, text: str) -> str:
        return hashlib.sha256(f"fake key/{text}".encode()).hexdigest()
