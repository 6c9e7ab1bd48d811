"""Login codes and their limits in Redis; each method is one round trip.

    code:<user id>:<request id>   the living code: its digest, the guesses left, the millisecond at which it ends
    codes-to:<user id>            the SMS of a day by their millisecond, each as "millisecond kind request id";
                                  kind is `known` or `stranger`, who asked, and `used` once the code was
    codes-from:<address>          when codes were asked for from the address, newest first
    guesses-at:<user id>          when the phone's codes were guessed wrong, newest first
    guesses-from:<address>        when somebody at the address guessed wrong, newest first

A user id is made from a phone's fingerprint, so no key reveals a phone.
"""

from __future__ import annotations

from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError

from guahao.adapters.redis.login_scripts import CHECK, ISSUE, WITHDRAW
from guahao.domain.errors import TooMany, Unavailable
from guahao.domain.people.login_codes import DAY, Challenge, Guess, LoginCodeLimits, LoginGuessLimits


class RedisLoginCodes:
    """The living login codes; see `ports.people.login_codes.LoginCodes` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._issue, self._check, self._withdraw = (redis.register_script(script) for script in (ISSUE, CHECK, WITHDRAW))

    def lives(self, user_id: str, request_id: str, now: datetime) -> bool:
        """Tell whether the request's code can still be used."""
        try:
            ends = self._redis.hget(_code(user_id, request_id), "ends")
        except RedisError as error:
            raise _unavailable() from error
        return ends is not None and _milliseconds(now) < int(ends)

    def issue(
        self, user_id: str, request_id: str, digest: str, address: str, limits: LoginCodeLimits, now: datetime, *, known: bool, proven: bool
    ) -> datetime | None:
        """Count an SMS, keep the request's code, and return when the same address may ask again; None where a proof is missing."""
        keys = [_code(user_id, request_id), f"codes-to:{user_id}", f"codes-from:{address}"]
        given: list[str | int] = [_milliseconds(now), int(known), int(proven)]
        given += [request_id, digest, limits.attempts, limits.lifetime_seconds * 1000]
        per_phone = [limits.per_phone_minute, limits.per_phone_hour, limits.per_phone_day]
        strangers = [limits.strangers_per_hour, limits.strangers_per_day]
        rest = [limits.per_address_hour, limits.challenge_after_phone_day, limits.challenge_after_address_hour]
        try:
            rule, healed = self._issue(keys, [*given, *per_phone, *strangers, *rest])
        except RedisError as error:
            raise _unavailable() from error
        if rule == "challenge":
            return None
        if rule:
            raise TooMany("Too many login codes were asked for. Wait until `retryAt`.", rule=rule, retry_at=_moment(healed))
        return _moment(healed)

    def withdraw(self, user_id: str, request_id: str, sent_at: datetime, *, first: bool) -> None:
        """Take back the SMS of that moment, which was not sent; the code dies if it was its first."""
        try:
            self._withdraw([_code(user_id, request_id), f"codes-to:{user_id}"], [request_id, _milliseconds(sent_at), int(first)])
        except RedisError as error:
            raise _unavailable() from error

    def sent(self, user_id: str, now: datetime) -> list[datetime]:
        """Return when SMS were sent to the phone within a day, newest first, those of used codes among them."""
        since = f"({_milliseconds(now - DAY)}"
        try:
            found = self._redis.zrevrangebyscore(f"codes-to:{user_id}", "+inf", since)
        except RedisError as error:
            raise _unavailable() from error
        return [_moment(int(str(sms).partition(" ")[0])) for sms in found]

    def check(
        self, user_id: str, request_id: str, digest: str, address: str, limits: LoginGuessLimits, now: datetime, *, proven: bool
    ) -> Guess:
        """Tell whether this is the request's living code, or raise TooMany if the address has guessed wrong too often."""
        keys = [_code(user_id, request_id), f"codes-to:{user_id}", f"guesses-at:{user_id}", f"guesses-from:{address}"]
        given: list[str | int] = [_milliseconds(now), int(proven), request_id, digest]
        most = [limits.challenge_after_phone_day, limits.per_address_hour]
        try:
            outcome, healed = self._check(keys, [*given, *most])
        except RedisError as error:
            raise _unavailable() from error
        if healed:
            raise TooMany("Too many wrong codes came from this address. Wait until `retryAt`.", rule=outcome, retry_at=_moment(healed))
        return Guess(outcome)


class RedisChallenges:
    """The living challenges; see `ports.people.login_codes.Challenges` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def keep(self, user_id: str, challenge: Challenge, now: datetime) -> None:
        """Keep the challenge for the account until it expires."""
        life = _milliseconds(challenge.expires_at) - _milliseconds(now)
        try:
            self._redis.set(_challenge(user_id, challenge.salt), f"{challenge.bits} {_milliseconds(challenge.expires_at)}", px=life)
        except RedisError as error:
            raise _unavailable() from error

    def take(self, user_id: str, salt: str, now: datetime) -> Challenge | None:
        """Return the account's living challenge, once."""
        try:
            kept = self._redis.getdel(_challenge(user_id, salt))
        except RedisError as error:
            raise _unavailable() from error
        if kept is None:
            return None
        bits, ends = map(int, str(kept).split())
        return Challenge(salt, bits, _moment(ends)) if _milliseconds(now) < ends else None


def _code(user_id: str, request_id: str) -> str:
    return f"code:{user_id}:{request_id}"


def _challenge(user_id: str, salt: str) -> str:
    return f"challenge:{user_id}:{salt}"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _unavailable() -> Unavailable:
    return Unavailable("Nobody can log in just now: the store of login codes does not answer. Try again in a minute.")
