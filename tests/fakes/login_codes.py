"""Login codes and challenges in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from guahao.domain.errors import TooMany
from guahao.domain.people.login_codes import DAY, HOUR, Challenge, Guess, LoginCodeLimits, LoginGuessLimits, end_of_clock_hour

MINUTE = timedelta(minutes=1)


@dataclass
class _LivingCode:
    digest: str
    left: int
    ends_at: datetime


@dataclass(frozen=True)
class _Sms:
    at: datetime
    request_id: str
    kind: str


@dataclass
class FakeLoginCodes:
    _codes: dict[tuple[str, str], _LivingCode] = field(default_factory=dict)
    _sms: dict[str, list[_Sms]] = field(default_factory=lambda: defaultdict(list))
    _from: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    _guesses: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def lives(self, user_id: str, request_id: str, now: datetime) -> bool:
        code = self._codes.get((user_id, request_id))
        return code is not None and now < code.ends_at

    def issue(
        self, user_id: str, request_id: str, digest: str, address: str, limits: LoginCodeLimits, now: datetime, *, known: bool, proven: bool
    ) -> datetime | None:
        heals, rule = self._weighed(user_id, address, limits, now, known=known)
        if rule:
            raise TooMany("Too many login codes were asked for.", rule=rule, retry_at=heals)
        asked = [at for at in self._from[address] if at + HOUR > now]
        counted = [sms for sms in self._sms[user_id] if sms.kind != "used" and sms.at + DAY > now]
        if not proven and (len(counted) >= limits.challenge_after_phone_day or len(asked) >= limits.challenge_after_address_hour):
            return None
        self._sms[user_id].append(_Sms(now, request_id, "known" if known else "stranger"))
        self._from[address].append(now)
        left = self._codes[user_id, request_id].left if self.lives(user_id, request_id, now) else limits.attempts
        self._codes[user_id, request_id] = _LivingCode(digest, left, now + timedelta(seconds=limits.lifetime_seconds))
        return self._weighed(user_id, address, limits, now, known=known)[0]

    def withdraw(self, user_id: str, request_id: str, sent_at: datetime, *, first: bool) -> None:
        self._sms[user_id] = [sms for sms in self._sms[user_id] if (sms.at, sms.request_id) != (sent_at, request_id)]
        if first:
            del self._codes[user_id, request_id]

    def sent(self, user_id: str, now: datetime) -> list[datetime]:
        return [sms.at for sms in reversed(self._sms[user_id]) if sms.at + DAY > now]

    def check(
        self, user_id: str, request_id: str, digest: str, address: str, limits: LoginGuessLimits, now: datetime, *, proven: bool
    ) -> Guess:
        here = [at for at in self._guesses[address] if at + HOUR > now]
        if len(here) >= limits.per_address_hour:
            raise TooMany("Too many.", rule="loginGuessesPerAddressHour", retry_at=here[-limits.per_address_hour] + HOUR)
        if not self.lives(user_id, request_id, now):
            self._guesses[address].append(now)
            return Guess.WRONG
        if not proven and len([at for at in self._guesses[user_id] if at + DAY > now]) >= limits.challenge_after_phone_day:
            return Guess.UNPROVEN
        code = self._codes[user_id, request_id]
        if code.digest == digest:
            del self._codes[user_id, request_id]
            self._sms[user_id] = [replace(sms, kind="used") if sms.request_id == request_id else sms for sms in self._sms[user_id]]
            return Guess.RIGHT
        self._guesses[address].append(now)
        self._guesses[user_id].append(now)
        code.left -= 1
        if code.left <= 0:
            del self._codes[user_id, request_id]
        return Guess.WRONG

    def _weighed(self, user_id: str, address: str, limits: LoginCodeLimits, now: datetime, *, known: bool) -> tuple[datetime, str]:
        sms = self._sms[user_id]
        counted = [one.at for one in sms if one.kind != "used"]
        strangers = [one.at for one in sms if one.kind == "stranger"]
        asked = [
            ("loginCodesPerMinute", [one.at for one in sms], limits.per_phone_minute, lambda at: at + MINUTE),
            ("loginCodesPerHour", counted, limits.per_phone_hour, end_of_clock_hour),
            ("loginCodesPerDay", counted, limits.per_phone_day, lambda at: at + DAY),
            ("loginCodesPerAddressHour", self._from[address], limits.per_address_hour, lambda at: at + HOUR),
        ]
        if not known:
            asked += [
                ("loginCodesPerHour", strangers, limits.strangers_per_hour, end_of_clock_hour),
                ("loginCodesPerDay", strangers, limits.strangers_per_day, lambda at: at + DAY),
            ]
        heals = [(end(times[-most]), rule) for rule, times, most, end in asked if len(times) >= most]
        return max([(at, rule) for at, rule in heals if at > now], default=(now, ""))


@dataclass
class FakeChallenges:
    kept: dict[tuple[str, str], Challenge] = field(default_factory=dict)

    def keep(self, user_id: str, challenge: Challenge, now: datetime) -> None:
        self.kept[user_id, challenge.salt] = challenge

    def take(self, user_id: str, salt: str, now: datetime) -> Challenge | None:
        challenge = self.kept.pop((user_id, salt), None)
        return challenge if challenge and now < challenge.expires_at else None
