"""Living sessions in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tests.fakes.accounts import FakeLogins


class Account(Protocol):
    """What of a user or an administrator ends sessions."""

    @property
    def locked(self) -> bool: ...

    @property
    def sessions_since(self) -> datetime | None: ...


@dataclass
class FakeSessions:
    """Sessions of the records of logins, whose owners `account_of` knows."""

    logins: FakeLogins
    account_of: Callable[[str], Account | None]

    def is_live(self, owner: str, token_id: str) -> bool:
        login, account = self.logins.records.get((owner, token_id)), self.account_of(owner)
        if login is None or account is None or account.locked or login.ended_at:
            return False
        return account.sessions_since is None or login.at >= account.sessions_since
