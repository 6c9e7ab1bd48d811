"""The dictionary's function answers its sample events, on real servers, from the real dictionary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from infra.functions import load_handler
from infra.seed.dictionary import load_dictionary
from redis import Redis

from guahao.adapters.aws.clients import client
from guahao.bootstrap.dictionary.imports import dictionary_publisher
from tests.functions import forget_use_cases, sample_event
from tests.servers import free_port, new_secret


@pytest.fixture
def environment(dictionary_table: str, redis_url: str, redis_secret: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the function at the servers, with an empty table and an empty cache."""
    monkeypatch.setenv("DICTIONARY_TABLE", dictionary_table)
    monkeypatch.setenv("REDIS_SECRET", redis_secret)
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    _forget()
    yield
    _forget()


@pytest.fixture
def real(environment: None) -> None:
    """Load the dictionary that the product begins with."""
    load_dictionary(dictionary_publisher())


def _forget() -> None:
    forget_use_cases()


def call(case: str) -> tuple[int, dict[str, Any]]:
    answer = load_handler("dictionary")(sample_event("dictionary", case), None)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.slow
@pytest.mark.usefixtures("real")
def test_the_real_dictionary_is_served_from_the_store_the_cache_and_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    first = answers()
    assert answers() == first
    monkeypatch.setenv("REDIS_SECRET", new_secret(f"redis://127.0.0.1:{free_port()}/0"))
    _forget()
    assert answers() == first
    provinces, cities, names, roots = first
    assert len(provinces) == 34
    assert provinces[0] == {"id": 110000, "parentId": 5, "name": "北京市", "value": "110000", "code": "", "hasChildren": True}
    assert [city["name"] for city in cities] == ["市辖区"]
    assert {(n["code"], n["value"]): n["name"] for n in names} == {
        ("Hostype", "1"): "三级甲等",
        ("Province", "110000"): "北京市",
        ("Province", "110101"): "东城区",
    }
    assert [root["code"] for root in roots] == ["Hostype", "CertificatesType", "Education", "Nation", "Province", "FormerProvince"]


@pytest.mark.usefixtures("real")
def test_an_address_that_nobody_has_stored_yet_is_a_503_and_read_once_when_it_is_there(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"test/{uuid4().hex}"
    monkeypatch.setenv("REDIS_SECRET", name)
    _forget()
    status, problem = call("children_of_code")
    assert (status, problem["type"]) == (503, "urn:guahao:problem:unavailable")
    client("secretsmanager").create_secret(Name=name, SecretString=redis_url)
    sent: list[str] = []
    events = client("secretsmanager").meta.events
    events.register("before-send.secrets-manager", lambda request, **_: sent.append(request.url), unique_id="count-secrets")
    try:
        assert [call("children_of_code")[0] for _ in range(3)] == [200] * 3
    finally:
        events.unregister("before-send.secrets-manager", unique_id="count-secrets")
    assert len(sent) == 1


def answers() -> list[Any]:
    found = [call(case) for case in ("children_of_code", "children", "names", "level_of_roots", "level")]
    assert {status for status, _ in found} == {200}
    provinces, cities, names, roots, level = (body["items"] for _, body in found)
    assert level == provinces
    return [provinces, cities, names, roots]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("children_of_unknown_code", 404),
        ("children_of_unknown_id", 404),
        ("children", 404),
        ("names", 200),
        ("level_of_roots", 200),
        ("level_without_token", 401),
        ("bad_level", 400),
        ("bad_names_missing", 400),
        ("bad_names_without_code", 400),
        ("bad_names_too_many", 400),
    ],
)
def test_every_event_has_its_answer_while_the_dictionary_is_empty(case: str, status: int) -> None:
    answered, body = call(case)
    assert answered == status
    assert body == {"items": []} if status == 200 else body["status"] == status


@pytest.mark.usefixtures("environment")
def test_a_user_does_not_see_the_administrators_tree() -> None:
    event = sample_event("dictionary", "level")
    event["requestContext"]["authorizer"]["role"] = "user"
    assert load_handler("dictionary")(event, None)["statusCode"] == 403
