"""Chance that always falls the same way: what is picked depends on the seed text alone, on every machine and every day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def pick(seed: str, options: Sequence[T]) -> T:
    """Return one of the options."""
    return options[int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % len(options)]


def pick_some(seed: str, options: Sequence[T], count: int) -> list[T]:
    """Return so many different options, in their own order."""
    ranked = sorted(range(len(options)), key=lambda n: hashlib.sha256(f"{seed} {n}".encode()).digest())
    return [options[n] for n in sorted(ranked[:count])]
