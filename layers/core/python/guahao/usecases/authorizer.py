"""Who holds a session token, for as long as the session lives."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.domain.accounts import USER_ROLE, Principal
from guahao.domain.errors import Unauthenticated
from guahao.ports.accounts import Tokens
from guahao.ports.authorizer import Sessions
from guahao.ports.clock import Clock


@dataclass(frozen=True)
class Authorizer:
    """Knows the bearers of living sessions. Every role but a user's is an administrator's."""

    tokens: Tokens
    users: Sessions
    administrators: Sessions
    clock: Clock

    def who(self, token: str) -> Principal:
        """Return who the token speaks for, or raise Unauthenticated if it is over or not ours, or its owner logged out or locked."""
        principal = self.tokens.read(token, self.clock())
        sessions = self.users if principal.role == USER_ROLE else self.administrators
        if not sessions.living(principal.user_id, principal.token_id):
            raise Unauthenticated("The session has ended. Log in again.")
        return principal
