"""When the request that is being served began: what it waits for is told apart from what timers and queues wait for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

_began: ContextVar[float | None] = ContextVar("began", default=None)


def request_began() -> float | None:
    """Return the moment, by the process's monotonic clock, None outside of any request."""
    return _began.get()


@contextmanager
def serving() -> Iterator[None]:
    """Let everything inside be part of one request that begins now."""
    token = _began.set(monotonic())
    try:
        yield
    finally:
        _began.reset(token)
