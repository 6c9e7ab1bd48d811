"""Servers that tests share: each starts when the first test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from guahao.adapters.mongo.client import mongo_database
from tests.functions import limits
from tests.servers import aws_server, mongo_server, new_secret, redis_server


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a person choose the seeds of the simulation."""
    parser.addoption("--seeds", type=int, default=2000, help="how many seeds the simulation tells the stories of")
    parser.addoption("--seed", type=int, help="the one seed to tell the story of")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def mongo_url() -> Iterator[str]:
    with mongo_server() as url:
        yield url
        mongo_database(url).client.close()


@pytest.fixture(scope="session")
def aws() -> Iterator[dict[str, str]]:
    """Run AWS with the data stack, for this process and what it starts, and give a function's environment variables."""
    with aws_server() as variables:
        before = dict(os.environ)
        os.environ.update(variables | limits())
        yield variables
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def redis_secret(aws: dict[str, str], redis_url: str) -> str:
    """Give the secret that tells functions where Redis is."""
    return new_secret(redis_url)


@pytest.fixture(scope="session")
def mongodb_secret(aws: dict[str, str], mongo_url: str) -> str:
    """Give the secret that tells functions where MongoDB is."""
    return new_secret(mongo_url)
