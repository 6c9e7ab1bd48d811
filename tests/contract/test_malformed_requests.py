"""A thousand malformed requests to every route: none is a fault of ours, every refusal is a problem document and stores nothing.

`MALFORMED_SEED=n` damages differently; a failure names the seed and the request.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import boto3
import pytest
from infra.functions import apis
from infra.simulators.wechat import keys
from redis import Redis

from guahao.adapters.aws.clients import client, session
from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.base import connection
from guahao.adapters.mongo.client import mongo_database
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.people.accounts import IdentityState
from guahao.runtime.api import Route
from tests import builders
from tests.functions import EVENTS, VARIABLES, forget_use_cases, limits, sample_event
from tests.malformed import Event, damaged
from tests.perf.test_imports import FUNCTIONS

pytestmark = pytest.mark.slow

SEED = os.environ.get("MALFORMED_SEED", "1")
REQUESTS = 1000
# Whom the sample events speak for.
USER_ID = "kq3zx5n7pdwc2mfthjra6ve4bs"
HANDLERS = apis()
ROUTES = {f"{route.method} {route.path}": (function, route) for function, api in HANDLERS.items() for route in api.routes}
# Where a wrong guess is counted, which is all that a refusal may leave behind.
GUESSES = {"POST /api/sessions", "POST /api/admin/sessions", "PUT /api/admin/me/password"}
READS = ("BatchGet", "Decrypt", "Describe", "Encrypt", "Generate", "Get", "Head", "List", "Query")


@dataclass
class Stores:
    """All that a request could leave behind."""

    redis: Redis
    mongo_url: str
    writes: list[str] = field(default_factory=list)

    def note(self, model: Any, http_response: Any, **_: Any) -> None:
        """Note a call of AWS that changed something."""
        if http_response.status_code < 300 and not model.name.startswith(READS):
            self.writes.append(model.name)

    def memory(self, function: str) -> set[tuple[Any, Any]]:
        """Return all that Redis knows, which a function without its library cannot change."""
        names = self.redis.keys() if "redis" in FUNCTIONS[function] else []
        # One that has ended since it was listed is not there any more.
        return {(name, value) for name in names if (value := self.redis.dump(name)) is not None}

    def catalogue(self) -> dict[str, list[dict[str, Any]]]:
        database = mongo_database(self.mongo_url)
        return {name: found for name in database.list_collection_names() if (found := list(database[name].find()))}


@pytest.fixture(scope="module")
def stores(
    aws: dict[str, str], redis_url: str, redis_secret: str, mongo_url: str, mongodb_secret: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stores]:
    """Point every function at the servers and watch what they write."""
    others = {"REDIS_SECRET": redis_secret, "MONGODB_SECRET": mongodb_secret, **limits()}
    account = keys.ensure(tmp_path_factory.mktemp("wechat"))
    boto3.client("secretsmanager").put_secret_value(SecretId=aws["WECHAT_PAY_SECRET"], SecretString=json.dumps(account))
    with pytest.MonkeyPatch.context() as environment, Redis.from_url(redis_url) as redis:
        for name, value in {**dict.fromkeys(VARIABLES, "x"), "WECHAT_PAY_URL": "http://127.0.0.1:1", **aws, **others}.items():
            environment.setenv(name, value)
        redis.flushall()  # what other tests left there would be compared before and after each request
        forget_use_cases()
        _begin_the_story(aws)
        watched = Stores(redis, mongo_url)
        emitters = [session(), connection().client.meta.events, *(client(service).meta.events for service in ("kms", "s3", "sqs"))]
        for emitter in emitters:
            emitter.register("after-call", watched.note, unique_id="stores")
        logging.disable(logging.INFO)
        yield watched
        logging.disable(logging.NOTSET)
        for emitter in emitters:
            emitter.unregister("after-call", unique_id="stores")
        forget_use_cases()


def _begin_the_story(aws: dict[str, str]) -> None:
    """Let the user of the sample events be there, and the audit log have an entry."""
    newcomer = builders.user(USER_ID, name="", identity_state=IdentityState.NONE)
    DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(newcomer)
    DynamoAuditLog(aws["AUDIT_LOG_TABLE"]).append(AuditEntry("auditor", Action.USER_VIEWED, USER_ID), builders.NOW)


@pytest.mark.parametrize("address", ROUTES)
def test_malformed_requests_do_no_harm(stores: Stores, address: str) -> None:
    function, route = ROUTES[address]
    samples, random = good_events(function, route), Random(f"{SEED} {address}")
    catalogue, memory, refused = stores.catalogue(), stores.memory(function), 0
    for number in range(REQUESTS):
        event = damaged(random, route, samples)
        stores.writes.clear()
        answer = HANDLERS[function](event, None)
        before, memory, status = memory, stores.memory(function), answer["statusCode"]
        assert status < 500, told(number, event)
        assert fits_the_wire(answer), told(number, event)
        if status >= 400:
            refused += 1
            assert is_problem(answer), told(number, event)
            if status == 400 or address not in GUESSES:
                assert stores.writes == [], told(number, event)
                assert memory <= before, told(number, event)
    assert stores.catalogue() == catalogue
    assert refused > REQUESTS // 2 or takes_nothing(route)


def told(number: int, event: Event) -> str:
    return f"MALFORMED_SEED={SEED} request {number}: {json.dumps(event)[:3000]}"


def good_events(function: str, route: Route) -> list[str]:
    """Return the route's sample events that are as they should be, as JSON."""
    cases = [file.stem for file in sorted(EVENTS.glob(f"{function}/*.json")) if not file.stem.startswith("bad_")]
    events: list[Event] = [sample_event(function, case) for case in cases if not case.endswith("_without_token")]
    return [json.dumps(event) for event in events if (event["httpMethod"], event["resource"]) == (route.method, route.path)]


def is_problem(answer: dict[str, Any]) -> bool:
    """Tell whether the answer is a problem document that says what and why."""
    document = json.loads(answer["body"])
    return (
        answer["headers"]["Content-Type"] == "application/problem+json"
        and document["status"] == answer["statusCode"]
        and document["type"].startswith("urn:guahao:problem:")
        and all(document[field] for field in ("title", "detail"))
    )


def fits_the_wire(answer: dict[str, Any]) -> bool:
    """Tell whether the gateway can pass the answer on: text that is text, of a size that it takes."""
    try:
        size = len(json.dumps(answer, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return False
    return size < 1_000_000 and bool(answer["headers"]["X-Correlation-Id"])


def takes_nothing(route: Route) -> bool:
    return not (route.input or route.allow.roles or "{" in route.path)
