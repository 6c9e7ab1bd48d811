"""The vault as the use cases need it."""

from __future__ import annotations

from typing import Protocol


class Vault(Protocol):
    """Seals text under a key that nobody can read, and fingerprints text, so that equal texts can be found."""

    def seal(self, text: str) -> str: ...

    def open(self, sealed: str) -> str: ...

    def fingerprint(self, text: str) -> str:
        """Return the fingerprint of the text, always the same."""
        ...
