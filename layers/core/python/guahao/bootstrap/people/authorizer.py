"""Builder of the authorizer."""

from functools import cache

from guahao.adapters.dynamo.authorizer import administrator_sessions, user_sessions
from guahao.bootstrap import parts
from guahao.runtime import settings
from guahao.usecases.people.authorizer import Authorizer


@cache
def authorizer() -> Authorizer:
    users, administrators = user_sessions(settings.text("ACCOUNTS_TABLE")), administrator_sessions(settings.text("ADMINISTRATORS_TABLE"))
    return Authorizer(parts.tokens(), users, administrators, parts.utc_now)
