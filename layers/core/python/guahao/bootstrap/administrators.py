"""Administrators: the desk that opens their sessions, and what owners do with them."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.administrators import DynamoAdministrators
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.logins import AdministratorLoginItem, DynamoLogins
from guahao.adapters.passwords import Argon2Passwords
from guahao.adapters.totp import AuthenticatorCodes
from guahao.domain.administrators import LockoutPolicy
from guahao.runtime import settings
from guahao.usecases.administrator_sessions import AdministratorDesk
from guahao.usecases.administrators import Administration


@cache
def administrator_desk() -> AdministratorDesk:
    """Return the desk that opens and ends sessions."""
    from guahao.bootstrap.tokens import tokens

    policy = LockoutPolicy(
        attempts=settings.integer("ADMINISTRATOR_ATTEMPTS"),
        attempts_everywhere=settings.integer("ADMINISTRATOR_ATTEMPTS_EVERYWHERE"),
        seconds=settings.integer("ADMINISTRATOR_LOCKOUT_SECONDS"),
    )
    return AdministratorDesk(
        administrators=_store(),
        logins=DynamoLogins(AdministratorLoginItem, settings.text("ADMINISTRATORS_TABLE")),
        passwords=Argon2Passwords(),
        totp=AuthenticatorCodes(),
        vault=_vault(),
        tokens=tokens(),
        clock=utc_now,
        policy=policy,
    )


@cache
def administration() -> Administration:
    """Return what owners do with administrators."""
    return Administration(_store(), Argon2Passwords(), AuthenticatorCodes(), _vault(), utc_now)


def _store() -> DynamoAdministrators:
    return DynamoAdministrators(settings.text("ADMINISTRATORS_TABLE"), DynamoAuditLog(settings.text("AUDIT_LOG_TABLE")))


def _vault() -> KmsVault:
    return KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
