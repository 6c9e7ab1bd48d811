"""AWS clients, all of one botocore session: building a session costs more than using it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from guahao.domain.errors import Unavailable


@cache
def session() -> Session:
    """Return the process's botocore session; boto3 on top of it would cost 60 ms of CPU more and give us nothing."""
    return get_session()


@cache
def client(service: str, attempts: int = 2) -> Any:
    """Return the process's client of a service: short time-outs, so that a caller hears of a fault before its own time is over."""
    config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": attempts, "mode": "standard"})
    return session().create_client(service, config=config)


@contextmanager
def answering(service: str) -> Iterator[None]:
    """Turn a failed call of the service into Unavailable."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"{service} does not answer. Send the same request again in a minute.") from error
