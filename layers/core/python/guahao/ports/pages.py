"""Pages of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Page(Generic[Entry]):
    """A part of a list in order, and the cursor for the next part, None at the end."""

    items: Sequence[Entry]
    next_cursor: str | None
