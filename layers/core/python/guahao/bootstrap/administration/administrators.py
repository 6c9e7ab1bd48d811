"""Builders of the administrator use cases."""

from functools import cache

from guahao.adapters.dynamo.administrators import DynamoAdministrators
from guahao.adapters.dynamo.logins import AdministratorLoginItem, DynamoLogins
from guahao.adapters.passwords import Argon2Passwords
from guahao.adapters.totp import AuthenticatorCodes
from guahao.bootstrap import parts
from guahao.domain.administration.administrators import LockoutPolicy
from guahao.runtime import settings
from guahao.usecases.administration.administrator_sessions import AdministratorSessionService
from guahao.usecases.administration.administrators import Administration


@cache
def administration() -> Administration:
    return Administration(_store(), Argon2Passwords(), AuthenticatorCodes(), parts.vault(), parts.utc_now)


@cache
def administrator_session_service() -> AdministratorSessionService:
    logins = DynamoLogins(AdministratorLoginItem, settings.text("ADMINISTRATORS_TABLE"))
    proofs = Argon2Passwords(), AuthenticatorCodes(), parts.vault(), parts.tokens()
    return AdministratorSessionService(_store(), logins, *proofs, parts.utc_now, settings.numbers(LockoutPolicy, "LOCKOUT_"))


def _store() -> DynamoAdministrators:
    return DynamoAdministrators(settings.text("ADMINISTRATORS_TABLE"), parts.audit_log())
