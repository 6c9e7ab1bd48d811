"""The authorizer: who holds a session token."""

from __future__ import annotations

from functools import cache

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.authorizer import administrator_sessions, user_sessions
from guahao.bootstrap.tokens import tokens
from guahao.runtime import settings
from guahao.usecases.authorizer import Authorizer


@cache
def authorizer() -> Authorizer:
    """Return the process's authorizer."""
    users = user_sessions(settings.text("ACCOUNTS_TABLE"))
    administrators = administrator_sessions(settings.text("ADMINISTRATORS_TABLE"))
    return Authorizer(tokens(), users, administrators, utc_now)
