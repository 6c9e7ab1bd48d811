"""One MongoDB client for a process, and how long a request waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any

from pymongo import MongoClient, timeout
from pymongo.database import Database
from pymongo.errors import PyMongoError

from guahao.domain.errors import Unavailable

Document = dict[str, Any]
MongoDatabase = Database[Document]

PATIENCE_SECONDS = 3.0
MOMENT_SECONDS = 2.0


@cache
def mongo_database(url: str) -> MongoDatabase:
    """Return the database that the URL names. Nothing is connected yet; time-outs are short, so that a caller hears of a fault in time."""
    client: MongoClient[Document] = MongoClient(url, appname="guahao", connect=False, serverSelectionTimeoutMS=1500, connectTimeoutMS=1500)
    return client.get_default_database()


@dataclass
class _Waiting:
    """All calls of one request wait for so long together; then, for a moment, no request of this process waits at all.

    What is no request, a timer or a queue, waits as long for each call: nobody stands at the door.
    """

    request_began: Callable[[], float | None] = lambda: None
    refused_until: float = 0.0
    _request: float | None = None
    _spent: float = 0.0

    def left(self) -> float:
        """Return how long the next call may take, or raise Unavailable."""
        began = self.request_began()
        if began is None:
            return PATIENCE_SECONDS
        if began != self._request:
            self._request, self._spent = began, 0.0
        if self._spent >= PATIENCE_SECONDS:
            self.give_up()
        if monotonic() < self.refused_until:
            raise _silent()
        return PATIENCE_SECONDS - self._spent

    def spend(self, seconds: float) -> None:
        """Note how long a call took."""
        self._spent += seconds

    def give_up(self) -> None:
        """Refuse the requests of the next moment."""
        if self.request_began() is not None:
            self.refused_until = monotonic() + MOMENT_SECONDS


_waiting = _Waiting()


def share_patience(request_began: Callable[[], float | None]) -> None:
    """Have all calls of a request wait together; `request_began` tells when it began, None where there is none."""
    _waiting.request_began = request_began


@contextmanager
def catalogue_faults() -> Iterator[None]:
    """Raise Unavailable for whatever the driver or the server cannot do, or cannot do in time."""
    left, started = _waiting.left(), monotonic()
    try:
        with timeout(left):
            yield
    except PyMongoError as error:
        if error.timeout:
            _waiting.give_up()
        raise _silent() from error
    finally:
        _waiting.spend(monotonic() - started)


def _silent() -> Unavailable:
    return Unavailable("The catalogue does not answer at present. Send the same request again in a moment.")
