"""The authorizer: the owner of a session token, while the session is live."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.domain.errors import Unauthenticated
from guahao.domain.people.accounts import USER_ROLE
from guahao.domain.people.sessions import Principal
from guahao.ports.clock import Clock
from guahao.ports.people.accounts import Tokens
from guahao.ports.people.authorizer import Sessions


@dataclass(frozen=True)
class Authorizer:
    """Finds the owners of live sessions. Every role but a user's is an administrator's."""

    tokens: Tokens
    users: Sessions
    administrators: Sessions
    clock: Clock

    def authenticate(self, token: str) -> Principal:
        """Return the principal of the token, or raise Unauthenticated if it is not ours or ended, or its owner logged out or is locked."""
        principal = self.tokens.read(token, self.clock())
        sessions = self.users if principal.role == USER_ROLE else self.administrators
        if not sessions.is_live(principal.user_id, principal.token_id):
            raise Unauthenticated("The session has ended. Log in again.")
        return principal
