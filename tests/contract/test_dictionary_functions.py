"""The dictionary's function answers its sample events, on real servers, from the real dictionary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from infra.functions import load_handler
from infra.seed.dictionary import load_dictionary
from redis import Redis

from guahao.bootstrap.dictionary.imports import dictionary_publisher
from tests.functions import forget_use_cases, sample_event
from tests.servers import free_port


@pytest.fixture
def environment(dictionary_table: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the function at the servers, with an empty table and an empty cache."""
    monkeypatch.setenv("DICTIONARY_TABLE", dictionary_table)
    monkeypatch.setenv("REDIS_URL", redis_url)
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
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
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
