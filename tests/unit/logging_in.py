"""Both services of accounts over the same fakes."""

from __future__ import annotations

import re

from guahao.contracts.login_proof import LoginProof
from guahao.domain.errors import ChallengeNeeded
from guahao.domain.people.login_codes import LoginCodeLimits, LoginGuessLimits, Receipt
from guahao.domain.people.sessions import Session
from guahao.usecases.people.login import LoginService
from guahao.usecases.people.login_challenges import LoginChallenges
from guahao.usecases.people.login_codes import LoginCodeService
from tests.fakes.accounts import FakeAccounts, FakeLogins, FakeTokens
from tests.fakes.clock import FakeClock
from tests.fakes.login_codes import FakeChallenges, FakeLoginCodes
from tests.fakes.notices import FakeSms
from tests.fakes.vault import FakeVault
from tests.proofs import nonce_for

PHONE, ADDRESS = "13800000001", "203.0.113.7"
BITS = 4


class House:
    """Both services over the same fakes."""

    def __init__(self, limits: LoginCodeLimits | None = None, guesses: LoginGuessLimits | None = None) -> None:
        self.accounts, self.logins, self.codes, challenges = FakeAccounts(), FakeLogins(), FakeLoginCodes(), FakeChallenges()
        self.sms, self.vault, self.tokens, self.clock = FakeSms(), FakeVault(), FakeTokens(), FakeClock()
        self.challenges = LoginChallenges(challenges, BITS, 300)
        self.sender = LoginCodeService(
            self.codes, self.challenges, self.logins, self.sms, self.vault, self.clock, limits or LoginCodeLimits()
        )
        self.service = LoginService(
            self.accounts,
            self.logins,
            self.codes,
            self.challenges,
            self.vault,
            self.tokens,
            self.clock,
            guesses or LoginGuessLimits(),
        )

    def ask(self, phone: str = PHONE, address: str = ADDRESS, request_id: str = "", *, patiently: bool = False) -> Receipt:
        """Ask for a code, patiently: with the answer to a challenge if there is one."""
        try:
            return self.sender.request_login_code(phone, address, "", request_id)
        except ChallengeNeeded as challenge:
            if not patiently:
                raise
            return self.sender.request_login_code(phone, address, "", request_id, proof_of(challenge))

    def code(self, phone: str = PHONE) -> str:
        """Return the code of the latest SMS, which came to this phone."""
        to, text = self.sms.sent[-1]
        assert to == phone
        code: str = re.findall(r"[0-9]{6}", text)[0]
        return code

    def receive_code(self, phone: str = PHONE, address: str = ADDRESS) -> tuple[str, str]:
        """Ask for a code; return it with the id of its request."""
        request_id = self.ask(phone, address, patiently=True).request_id
        return self.code(phone), request_id

    def enter(self, code: str, request_id: str, phone: str = PHONE, address: str = ADDRESS) -> Session:
        return self.service.log_in(phone, code, request_id, address)

    def log_in(self, address: str = ADDRESS) -> Session:
        return self.enter(*self.receive_code(address=address), address=address)


def proof_of(challenge: ChallengeNeeded) -> LoginProof:
    """Return the answer to the challenge."""
    return LoginProof(salt=challenge.salt, nonce=nonce_for(challenge.salt, challenge.bits))


def wrong(code: str) -> str:
    """Return another code."""
    return f"{(int(code) + 1) % 1_000_000:06}"
