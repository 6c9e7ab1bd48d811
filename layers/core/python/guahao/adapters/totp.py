"""Codes of authenticator apps (RFC 6238): six digits, 30 seconds, SHA-1, as every app has them."""

from __future__ import annotations

from datetime import datetime

from pyotp import TOTP, random_base32
from pyotp.exceptions import OTPVerificationError

ISSUER = "guahao"
# Clocks of phones differ, and people type slowly.
_STEPS_BESIDE = 1


class AuthenticatorCodes:
    """The codes; see `ports.administrators.Totp`."""

    def new_secret(self) -> str:
        """Return 160 random bits as base32."""
        return random_base32()

    def uri(self, secret: str, username: str) -> str:
        """Return the otpauth address that an app reads as a QR code."""
        return TOTP(secret, name=username, issuer=ISSUER).provisioning_uri()

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the number of the step whose code this is, the present one or one beside it, or None."""
        try:
            return TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=_STEPS_BESIDE)
        except OTPVerificationError:
            return None
