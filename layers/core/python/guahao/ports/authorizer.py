"""What the authorizer needs besides tokens."""

from __future__ import annotations

from typing import Protocol


class Sessions(Protocol):
    """The sessions of users, or of administrators."""

    def living(self, owner: str, token_id: str) -> bool:
        """Tell whether the session's login is there and not ended, and its owner there and not locked, as last written.

        A login from before the owner's `sessions_since` is dead.
        """
        ...
