"""Codes of authenticator apps (RFC 6238): six digits, 30 seconds, SHA-1, as all apps use them."""

from __future__ import annotations

from datetime import datetime

from pyotp import TOTP, random_base32
from pyotp.exceptions import OTPVerificationError

ISSUER = "guahao"
# One step to each side, because phones' clocks differ and people type slowly.
_STEPS_BESIDE = 1


class AuthenticatorCodes:
    """Codes of authenticator apps; see `ports.administration.administrators.Totp` for what each method promises."""

    def new_secret(self) -> str:
        """Return 160 random bits as base32."""
        return random_base32()

    def uri(self, secret: str, username: str) -> str:
        """Return the otpauth address that an app reads from a QR code."""
        return TOTP(secret, name=username, issuer=ISSUER).provisioning_uri()

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time step whose code this is, or None; only the present step and the two beside it count."""
        try:
            return TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=_STEPS_BESIDE)
        except OTPVerificationError:
            return None
