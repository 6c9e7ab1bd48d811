"""Living sessions in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.accounts import FakeLogins


@dataclass
class FakeSessions:
    """Sessions of the records of logins, whose owners `is_open` knows."""

    logins: FakeLogins
    is_open: Callable[[str], bool]

    def living(self, owner: str, token_id: str) -> bool:
        login = self.logins.records.get((owner, token_id))
        return login is not None and login.ended_at is None and self.is_open(owner)
