"""Sessions as the authorizer needs them."""

from __future__ import annotations

from typing import Protocol


class Sessions(Protocol):
    """The sessions of users, or of administrators."""

    def is_live(self, owner: str, token_id: str) -> bool:
        """Tell whether the login exists and has not ended, and its owner exists and is not locked, as last written.

        A login from before the owner's `sessions_since` has ended.
        """
        ...
