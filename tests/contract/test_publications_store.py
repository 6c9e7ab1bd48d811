"""When what hospitals publish was last signed: the fake and MongoDB answer alike, and Redis may lose all it knows."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from redis import Redis

from guahao.adapters.clock import utc_now
from guahao.adapters.mongo.client import mongo_database
from guahao.adapters.mongo.publications import MongoPublications
from guahao.ports.hospitals.partners import Publications
from tests.contract.test_partner_functions import entry
from tests.fakes.partners import FakePublications
from tests.partners import Partner


@pytest.fixture(params=["fake", "mongo"])
def publications(request: pytest.FixtureRequest) -> Publications:
    return FakePublications() if request.param == "fake" else MongoPublications(mongo_database(request.getfixturevalue("mongo_url")))


def test_the_latest_of_each_element_is_known_and_no_older_one_takes_its_place(publications: Publications) -> None:
    one, other, never = (uuid4().hex for _ in range(3))
    publications.note([one, other], 1001)
    publications.note([one], 1002)
    publications.note([one, other], 1000)
    publications.note([], 1003)
    assert publications.latest([one, other, never]) == {one: 1002, other: 1001}
    assert publications.latest([]) == {}


def test_a_call_that_is_sent_again_after_redis_was_emptied_changes_nothing_back(partner: Partner, redis_url: str) -> None:
    partner.publishes_all()
    seconds = utc_now() - timedelta(seconds=10)
    captured = partner.signs("partner_schedules", "publish", at=seconds, body=json.dumps({"items": [entry(title="旧")]}))
    assert partner.send("partner_schedules", captured)[1]["items"][0]["result"] == "created"
    assert partner.publishes_schedules(entry(title="新"))[0]["result"] == "updated"
    assert partner.send("partner_schedules", captured)[0] == 401
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    [item] = partner.send("partner_schedules", captured)[1]["items"]
    assert (item["result"], item["errors"]) == ("rejected", [{"field": "hospitalScheduleId", "reason": "stale"}])
    assert [schedule["title"] for schedule in partner.schedules()] == ["新"]
    removal = partner.signs("partner_schedules", "remove", at=seconds)
    status, problem = partner.send("partner_schedules", removal)
    assert (status, problem["rule"]) == (409, "stale")
