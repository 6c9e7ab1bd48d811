"""What the use cases need to keep personal data unreadable."""

from __future__ import annotations

from typing import Protocol


class Vault(Protocol):
    """Seals text under a key that never leaves its keeper, and fingerprints it so that equal texts are found."""

    def seal(self, text: str) -> str: ...

    def open(self, sealed: str) -> str: ...

    def fingerprint(self, text: str) -> str:
        """Return the same unguessable mark for the same text, always."""
        ...
