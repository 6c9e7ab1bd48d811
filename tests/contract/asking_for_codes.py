"""A phone whose codes a test asks for and guesses at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from guahao.domain.errors import TooMany
from guahao.domain.people.login_codes import Guess, LoginCodeLimits, LoginGuessLimits
from guahao.ports.people.login_codes import LoginCodes

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LIMITS = LoginCodeLimits(per_address_hour=3)


@dataclass
class Phone:
    """A phone's codes, and an address, that nobody else has."""

    codes: LoginCodes
    user: str = field(default_factory=lambda: uuid4().hex)
    address: str = field(default_factory=lambda: uuid4().hex)

    def issue(self, request: str, now: datetime = NOW, limits: LoginCodeLimits = LIMITS, **given: Any) -> datetime | None:
        """Issue the request's code, whose digest is "right REQUEST", from an address of its own unless one is given."""
        told = {"known": False, "proven": True, "address": uuid4().hex, **given}
        return self.codes.issue(self.user, request, f"right {request}", limits=limits, now=now, **told)

    def guess(self, request: str, digest: str = "", now: datetime = NOW, *, proven: bool = False, **limits: int) -> Guess:
        guesses = LoginGuessLimits(**limits)
        return self.codes.check(self.user, request, digest or f"right {request}", self.address, guesses, now, proven=proven)

    def refusal(self, now: datetime, limits: LoginCodeLimits = LIMITS, **given: Any) -> tuple[str | None, datetime | None]:
        with pytest.raises(TooMany) as refusal:
            self.issue("refused", now, limits, **given)
        return refusal.value.rule, refusal.value.retry_at
