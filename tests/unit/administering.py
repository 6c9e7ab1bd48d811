"""Both services of administrators over the same fakes, for tests of what they do."""

from __future__ import annotations

import pytest

from guahao.domain.administration.administrators import COMMAND, Administrator, LockoutPolicy, Role
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.errors import DomainError
from guahao.usecases.administration.administrator_sessions import AdministratorSession, AdministratorSessionService
from guahao.usecases.administration.administrators import Administration, Credentials
from tests.fakes.accounts import FakeLogins, FakeTokens
from tests.fakes.administrators import FakeAdministrators, FakePasswords, FakeTotp
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.clock import FakeClock
from tests.fakes.vault import FakeVault

ADDRESS = "203.0.113.7"
OWNER = "first-owner"


class CountingVault(FakeVault):
    requests = 0

    def seal(self, text: str) -> str:
        self.requests += 1
        return super().seal(text)

    def open(self, sealed: str) -> str:
        self.requests += 1
        return super().open(sealed)


class House:
    """Both services over the same fakes, with one owner who can log in."""

    def __init__(self) -> None:
        self.clock, self.log, self.logins = FakeClock(), FakeAuditLog(), FakeLogins()
        self.store = FakeAdministrators(self.log, self.logins)
        self.passwords, self.totp, self.vault, self.tokens = FakePasswords(), FakeTotp(), CountingVault(), FakeTokens()
        self.administration = Administration(self.store, self.passwords, self.totp, self.vault, self.clock)
        self.service = AdministratorSessionService(
            self.store, self.logins, self.passwords, self.totp, self.vault, self.tokens, self.clock, LockoutPolicy()
        )
        self.owner = self.administration.create(COMMAND, OWNER, Role.OWNER)

    def code(self, of: Credentials, steps_later: int = 0) -> str:
        return self.totp.code(of.totp_secret, self.clock(), steps_later)

    def log_in(self, of: Credentials, password: str = "", code: str = "") -> AdministratorSession:
        return self.service.log_in(of.administrator.username, password or of.password, code or self.code(of), ADDRESS)

    def refusal(self, username: str, password: str, code: str, address: str = ADDRESS) -> DomainError:
        with pytest.raises(DomainError) as refused:
            self.service.log_in(username, password, code, address)
        return refused.value

    def stored(self, username: str) -> Administrator:
        return self.store.administrators[username]

    def entries(self) -> list[AuditEntry]:
        """Return what is in the audit log behind the making of the first owner."""
        return [entry.entry for entry in self.log.entries[1:]]
