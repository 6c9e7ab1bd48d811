"""Conditional writes: the conflict that a store raises, and the retry after it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from guahao.domain.errors import Unavailable

Result = TypeVar("Result")

ROUNDS = 10
"""Each lost round is somebody else's finished write of the same record, and there are few at once."""


class VersionConflict(Exception):
    """The record was changed, created or removed since it was read; nothing was written."""


def retry(write: Callable[[], Result], what: str, rounds: int = ROUNDS, pause: Callable[[int], None] = lambda _: None) -> Result:
    """Return the result of `write`, which is called again after each VersionConflict, or raise Unavailable after `rounds` of them.

    `write` must read and decide anew each time. `what` begins the error's sentence: "This order". `pause` gets the number of lost rounds.
    """
    for lost in range(1, rounds + 1):
        with suppress(VersionConflict):
            return write()
        pause(lost)
    raise Unavailable(f"{what} is being changed by many at once. Send the same request again.")
