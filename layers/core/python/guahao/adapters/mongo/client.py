"""The MongoDB client of a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

from guahao.domain.errors import Unavailable

Document = dict[str, Any]


@cache
def mongo_database(url: str) -> Database[Document]:
    """Return the database of the URL. It connects later; its time-outs are short, so that a caller gets an error in time."""
    client: MongoClient[Document] = MongoClient(
        url, appname="guahao", connect=False, serverSelectionTimeoutMS=1500, connectTimeoutMS=1500, socketTimeoutMS=3000
    )
    return client.get_default_database()


@contextmanager
def catalogue_faults() -> Iterator[None]:
    """Raise Unavailable for every error of the driver or the server."""
    try:
        yield
    except PyMongoError as error:
        raise Unavailable("The catalogue does not answer at present. Send the same request again in a moment.") from error
