"""Both services of accounts over the same fakes."""

from __future__ import annotations

import re

from guahao.domain.people.accounts import (
    LoginCodeLimits,
    Session,
)
from guahao.usecases.people.login import LoginCodeService, LoginService
from tests.fakes.accounts import FakeAccounts, FakeLoginCodes, FakeLogins, FakeTokens
from tests.fakes.clock import FakeClock
from tests.fakes.notices import FakeSms
from tests.fakes.vault import FakeVault

PHONE, ADDRESS = "13800000001", "203.0.113.7"


class House:
    """Both services over the same fakes."""

    def __init__(self, limits: LoginCodeLimits | None = None) -> None:
        self.accounts, self.logins, self.codes = FakeAccounts(), FakeLogins(), FakeLoginCodes()
        self.sms, self.vault, self.tokens, self.clock = FakeSms(), FakeVault(), FakeTokens(), FakeClock()
        self.sender = LoginCodeService(self.codes, self.sms, self.vault, self.clock, limits or LoginCodeLimits())
        self.service = LoginService(self.accounts, self.logins, self.codes, self.vault, self.tokens, self.clock)

    def receive_code(self, phone: str = PHONE, address: str = ADDRESS) -> str:
        self.sender.request_login_code(phone, address)
        to, text = self.sms.sent[-1]
        assert to == phone
        code: str = re.findall(r"[0-9]{6}", text)[0]
        return code

    def log_in(self) -> Session:
        return self.service.log_in(PHONE, self.receive_code(), ADDRESS)
