"""Login codes: sent, and sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from guahao.contracts.login_proof import LoginProof
from guahao.domain.errors import SmsLimitReached, TooMany, Unavailable
from guahao.domain.notices.wording import Template, Text
from guahao.domain.people.accounts import Language, user_id_of
from guahao.domain.people.login_codes import (
    LoginCodeLimits,
    Receipt,
    code_of,
    counted_address,
    draw_id,
    login_code_digest,
    operator_takes_again,
)
from guahao.domain.people.phones import Prefixes, require_mobile
from guahao.ports.clock import Clock
from guahao.ports.notices.notices import Sms
from guahao.ports.people.accounts import Logins
from guahao.ports.people.login_codes import LoginCodes
from guahao.ports.vault import Vault
from guahao.usecases.people.login_challenges import LoginChallenges
from guahao.usecases.people.sealing import phone_fingerprint

_LOGINS_REMEMBERED = 20


@dataclass(frozen=True)
class LoginCodeService:
    """Hands out login codes. Whether a phone is known changes nothing but how many may be asked for from where it logged in."""

    codes: LoginCodes
    challenges: LoginChallenges
    logins: Logins
    sms: Sms
    vault: Vault
    clock: Clock
    limits: LoginCodeLimits
    draw: Callable[[], str] = draw_id
    mobile_prefixes: Prefixes = ()

    def request_login_code(
        self, phone: str, source_address: str, accept_language: str = "", request_id: str = "", proof: LoginProof | None = None
    ) -> Receipt:
        """Send a new code to the phone, or once more that of a request that lives, in the language that the header asks for.

        Raises TooMany with the time that heals it, ChallengeNeeded, or Unavailable; none of them touches a code that lives.
        """
        fingerprint, now = phone_fingerprint(self.vault, require_mobile(phone, self.mobile_prefixes)), self.clock()
        user_id, address = user_id_of(fingerprint), counted_address(source_address)
        again = bool(request_id) and self.codes.lives(user_id, request_id, now)
        request_id = request_id if again else self.draw()
        code = code_of(fingerprint, request_id)
        known, proven = self._is_known(user_id, address), self.challenges.is_met(user_id, proof, now)
        digest = login_code_digest(fingerprint, code)
        next_code_at = self.codes.issue(user_id, request_id, digest, address, self.limits, now, known=known, proven=proven)
        if next_code_at is None:
            raise self.challenges.needed(user_id, "loginCodes", now)
        values = {"code": code, "minutes": str(self.limits.lifetime_seconds // 60)}
        try:
            self.sms.send(phone, Text(Template.LOGIN_CODE, Language.asked_for(accept_language), values))
        except Unavailable as error:
            self.codes.withdraw(user_id, request_id, now, first=not again)
            raise self._not_sent(user_id, error, now) from error
        return Receipt(request_id, next_code_at)

    def _is_known(self, user_id: str, address: str) -> bool:
        return any(counted_address(login.address) == address for login in self.logins.latest(user_id, _LOGINS_REMEMBERED))

    def _not_sent(self, user_id: str, error: Unavailable, now: datetime) -> TooMany | Unavailable:
        if isinstance(error, SmsLimitReached):
            heals = operator_takes_again(self.codes.sent(user_id, now), self.limits, now)
            detail = "The SMS operator sends this phone no further code now. Use one that has come, or wait until `retryAt`."
            return TooMany(detail, rule="smsOperator", retry_at=heals)
        return Unavailable("The SMS could not be sent. Ask for a new code in a minute.", retry_at=now + timedelta(minutes=1))
