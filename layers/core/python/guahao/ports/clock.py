"""Time, as a thing one is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Return the present moment, aware, in UTC."""
