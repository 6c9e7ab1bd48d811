"""The dictionary's cache keeps its promises, in memory and in Redis; with the store behind it, it is never wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from redis import Redis

from guahao.adapters.dynamo.dictionary import DynamoDictionary
from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.dictionary import VERSION_SECONDS, RedisDictionaryCache
from guahao.contracts.queries import HospitalQuery
from guahao.domain.dictionary.dictionary import Entry
from guahao.ports.dictionary.dictionary import DictionaryCache
from guahao.usecases.catalog.catalog import Hospitals
from guahao.usecases.dictionary.dictionary import DictionaryPublisher, DictionaryService
from tests.builders import hospital
from tests.dictionary import BEIJING, BEST, GOOD, RENAMED, ROWS
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock
from tests.fakes.dictionary import FakeDictionaryCache
from tests.servers import free_port, redis_server


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        redis.flushall()
        yield redis


@pytest.fixture(params=["fake", "redis"])
def cache(request: pytest.FixtureRequest) -> DictionaryCache:
    return FakeDictionaryCache() if request.param == "fake" else RedisDictionaryCache(request.getfixturevalue("redis"))


def test_an_empty_cache_knows_nothing(cache: DictionaryCache) -> None:
    assert cache.children(1) == (None, None)
    assert cache.children_of_code("Hostype") == (None, None)
    assert cache.names([("Hostype", "1")]) == (None, {})


def test_a_cache_tells_what_it_was_told(cache: DictionaryCache) -> None:
    cache.remember_children("a-1", 1, [BEST, GOOD])
    cache.remember_children("a-1", 101, [])
    cache.remember_children_of_code("a-1", "Province", [BEIJING])
    cache.remember_names("a-1", {("Hostype", "1"): "三级甲等"})
    assert cache.children(1) == ("a-1", [BEST, GOOD])
    assert cache.children(101) == ("a-1", [])
    assert cache.children(2) == ("a-1", None)
    assert cache.children_of_code("Province") == ("a-1", [BEIJING])
    assert cache.names([("Hostype", "1"), ("Hostype", "2")]) == ("a-1", {("Hostype", "1"): "三级甲等"})


def test_a_new_version_makes_a_cache_forget_the_old_one(cache: DictionaryCache) -> None:
    cache.remember_children("a-1", 1, [BEST])
    cache.remember_names("a-1", {("Hostype", "1"): "三级甲等"})
    cache.set_version("b-2")
    assert cache.children(1) == ("b-2", None)
    assert cache.names([("Hostype", "1")]) == ("b-2", {})


def test_a_slow_reader_does_not_bring_the_old_version_back(cache: DictionaryCache) -> None:
    cache.set_version("b-2")
    cache.remember_children("b-2", 1, [BEST])
    cache.remember_children("a-1", 5, [BEIJING])
    assert cache.children(5) == ("b-2", None)
    assert cache.children(1) == ("b-2", [BEST])


def test_the_current_version_is_asked_for_anew_after_a_minute(redis: Redis) -> None:
    cache = RedisDictionaryCache(redis)
    cache.remember_names("a-1", {})
    assert 0 < redis.ttl("{dictionary}:version") <= 60
    cache.set_version("b-2")
    assert 0 < redis.ttl("{dictionary}:version") <= 60
    cache.remember_children("b-2", 1, [])
    assert redis.ttl("{dictionary}:children:1") > 0


def test_a_stopped_redis_costs_speed_only(dynamo_dictionary: DynamoDictionary) -> None:
    port = free_port()
    cache = RedisDictionaryCache(redis_client(f"redis://127.0.0.1:{port}/0"))
    service, publisher = DictionaryService(lambda: dynamo_dictionary, cache), DictionaryPublisher(dynamo_dictionary, cache, FakeClock())
    with redis_server(port):
        publisher.publish("a-1", ROWS)
        assert service.children(1) == [BEST, GOOD]
    assert service.children(1) == [BEST, GOOD]
    assert publisher.publish("b-2", RENAMED) is True
    assert service.names([("Hostype", "1")]) == {("Hostype", "1"): "新三级甲等"}
    with redis_server(port):
        assert [entry.name for entry in service.children_of_code("Hostype")] == ["新三级甲等", "新一级"]
        assert cache.children_of_code("Hostype")[1] == service.children_of_code("Hostype")


def test_readers_during_an_import_see_the_whole_old_or_the_whole_new_dictionary(dynamo_dictionary: DynamoDictionary, redis: Redis) -> None:
    cache = RedisDictionaryCache(redis)
    service, publisher = DictionaryService(lambda: dynamo_dictionary, cache), DictionaryPublisher(dynamo_dictionary, cache, FakeClock())
    publisher.publish("a-1", ROWS)
    all_read, ended = Barrier(3), Event()
    old, new = {"三级甲等", "东城区"}, {"新三级甲等", "新东城区"}

    def look() -> set[str]:
        return set(service.names([("Hostype", "1"), ("Province", "110101")]).values())

    def read(empties: bool) -> list[set[str]]:
        seen = [look()]
        all_read.wait()
        while not ended.is_set():
            if empties:
                redis.flushall()
            seen.append(look())
        return seen

    more = [(Entry(1000 + n, 1, f"第{n}", str(n), position=n), "Hostype") for n in range(10, 400)]
    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(read, empties) for empties in (False, True)]
        all_read.wait()
        try:
            publisher.publish("b-2", [*RENAMED, *more])
        finally:
            ended.set()
    seen = [names for reader in readers for names in reader.result()]
    assert all(names in (old, new) for names in seen)
    assert old in seen
    # A slow reader can bring the version before back into a Redis that was emptied at that very moment: for a minute at most.
    assert look() in (old, new)
    assert 0 < redis.ttl("{dictionary}:version") <= VERSION_SECONDS
    redis.delete("{dictionary}:version")
    assert look() == new


def test_a_page_of_hospitals_costs_one_round_trip_for_its_names_and_nothing_of_dynamodb_or_one_batch(
    dynamo_dictionary: DynamoDictionary, redis: Redis, count_requests: Callable[[], list[str]]
) -> None:
    catalog = FakeCatalog()
    districts = [(Entry(110101 + n, 110000, f"第{n}区", str(110101 + n), position=n), "Province") for n in range(20)]
    for n in range(20):
        catalog.put_hospital(hospital(f"1{n:03}", district_code=str(110101 + n)))
        catalog.set_online(f"1{n:03}", True)
    city = (Entry(110100, 110000, "市辖区", "110100"), "Province")
    DictionaryPublisher(dynamo_dictionary, FakeDictionaryCache(), FakeClock()).publish("a-1", [*ROWS[:5], city, *districts])
    redis.set("{dictionary}:version", "a-1")
    hospitals, sent = Hospitals(catalog, DictionaryService(lambda: dynamo_dictionary, RedisDictionaryCache(redis))), count_requests()

    def page() -> list[tuple[str, str]]:
        return [(found.grade_name, found.region_name) for found in hospitals.search(HospitalQuery()).items]

    assert page() == [("三级甲等", f"北京市第{n}区") for n in range(20)]
    assert sent == ["BatchGetItem"]
    before = redis.info("commandstats")
    assert page() == [("三级甲等", f"北京市第{n}区") for n in range(20)]
    assert sent == ["BatchGetItem"]
    after = redis.info("commandstats")
    calls = {name: after[name]["calls"] - before.get(name, {"calls": 0})["calls"] for name in after}
    assert {name: count for name, count in calls.items() if count and name != "cmdstat_info"} == {"cmdstat_mget": 1}
