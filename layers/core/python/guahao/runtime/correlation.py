"""The ids in log lines, messages and items by which everything that one request or timer run caused can be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Trace(NamedTuple):
    """The correlation id of the request or timer run that caused the present work, and the origin id of its order, if any."""

    correlation_id: str = ""
    origin_id: str = ""


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def trace() -> Mapping[str, str]:
    """Return the present ids by their names."""
    return (_current.get() or Trace())._asdict()


@contextmanager
def tracing(correlation_id: str, origin_id: str = "") -> Iterator[None]:
    """Set these ids for everything inside."""
    token = _current.set(Trace(correlation_id, origin_id))
    try:
        yield
    finally:
        _current.reset(token)
