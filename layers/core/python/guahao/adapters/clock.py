"""The machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment in UTC, with its time zone."""
    return datetime.now(UTC)
