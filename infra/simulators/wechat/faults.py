"""What can be made to go wrong: lost or repeated notifications, a gateway that is down, refunds and bills that take their time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from infra.simulators.asgi import BadRequestError

CHOICES = {
    "notify": ("normal", "lost", "twice", "wrongSignature", "probe"),
    "api": ("normal", "down", "slow", "probe"),
    "refund": ("normal", "processing", "notEnough", "closed", "abnormal"),
    "parts": ("normal", "atOnce"),
    "bill": ("normal", "creating", "early"),
}


@dataclass
class Faults:
    """The switches, all normal after every start."""

    modes: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CHOICES, "normal"))

    def set(self, wanted: dict[str, Any]) -> None:
        """Turn the named switches, or raise BadRequestError and turn none."""
        for name, mode in wanted.items():
            if name not in CHOICES or mode not in CHOICES[name]:
                raise BadRequestError(f"{name} is none of the switches, or {mode!r} none of its modes; they are {CHOICES}.")
        self.modes.update(wanted)

    def __getitem__(self, name: str) -> str:
        return self.modes[name]
