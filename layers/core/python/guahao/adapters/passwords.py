"""Passwords as argon2id hashes."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# RFC 9106's second choice, with one lane because a function has less than one processor; its 64 MiB fit into a function's memory.
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 1


class Argon2Passwords:
    """Hashes passwords; each hash names its own parameters, so old hashes stay valid when these change."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)

    def hash(self, password: str) -> str:
        """Return a salted hash of the password."""
        return self._hasher.hash(password)

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Tell whether this is the password; without a hash return False, which takes as long."""
        if password_hash is None:
            self._hasher.hash(password)
            return False
        try:
            return self._hasher.verify(password_hash, password)
        except VerifyMismatchError:
            return False
