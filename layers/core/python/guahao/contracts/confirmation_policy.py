"""How long paid orders wait for their hospital, as configuration: the JSON of the template's parameter ConfirmationPolicy."""

from datetime import time
from typing import Annotated

from pydantic import Field

from guahao.contracts import Message
from guahao.domain.booking.confirmation import ConfirmationPolicy

Minutes = Annotated[int, Field(strict=True, ge=1, le=1440)]


class ConfirmationPolicySetting(Message):
    """The fields of `domain.booking.confirmation.ConfirmationPolicy`."""

    eve_time: time
    minutes: Minutes
    minutes_before_end: Minutes
    least_minutes: Minutes
    long_minutes: Minutes

    def policy(self) -> ConfirmationPolicy:
        """Return the policy that these numbers are."""
        return ConfirmationPolicy(**self.model_dump())
