"""Challenges: whoever asks too often works a moment for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from guahao.contracts.login_proof import LoginProof
from guahao.domain.errors import ChallengeNeeded
from guahao.domain.people.login_codes import Challenge, draw_id
from guahao.ports.people.login_codes import Challenges


@dataclass(frozen=True)
class LoginChallenges:
    """Gives out challenges and takes each proof once."""

    challenges: Challenges
    bits: int
    lifetime_seconds: int
    draw: Callable[[], str] = draw_id

    def needed(self, user_id: str, rule: str, now: datetime) -> ChallengeNeeded:
        """Return the refusal that asks the account for the answer to a new challenge."""
        challenge = Challenge(self.draw(), self.bits, now + timedelta(seconds=self.lifetime_seconds))
        self.challenges.keep(user_id, challenge, now)
        detail = "Find a nonce so that SHA-256 of salt and nonce begins with `bits` zero bits, and send the same request with the proof."
        return ChallengeNeeded(detail, rule=rule, salt=challenge.salt, bits=challenge.bits, expires_at=challenge.expires_at)

    def is_met(self, user_id: str, proof: LoginProof | None, now: datetime) -> bool:
        """Tell whether this is the proof for a challenge of the account, and use it up."""
        challenge = self.challenges.take(user_id, proof.salt, now) if proof else None
        return bool(proof and challenge and challenge.is_solved_by(proof.nonce))
