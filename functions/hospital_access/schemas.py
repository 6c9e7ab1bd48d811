"""Bodies and answers of the routes of locks and keys."""

from datetime import timedelta

from pydantic import Field

from guahao.contracts import Message


class KeyRotation(Message):
    overlap_hours: int = Field(24, strict=True, ge=0, le=168, description="how long the present key stays good")

    @property
    def overlap(self) -> timedelta:
        return timedelta(hours=self.overlap_hours)
