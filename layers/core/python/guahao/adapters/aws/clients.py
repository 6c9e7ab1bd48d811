"""AWS clients that share one botocore session, because building a session costs more than using it."""

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
    """Return the process's botocore session; boto3 would cost 60 ms more CPU time and add nothing."""
    return get_session()


@cache
def client(service: str, attempts: int = 2) -> Any:
    """Return the process's client of a service. Its time-outs are short, so that a caller gets an error before its own time is over."""
    config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": attempts, "mode": "standard"})
    return session().create_client(service, config=config)


@contextmanager
def answering(service: str) -> Iterator[None]:
    """Raise Unavailable if a call of the service fails."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"{service} does not answer. Send the same request again in a minute.") from error
