"""The dictionary's store keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from guahao.adapters.dynamo.dictionary import DictionaryItem, DynamoDictionary
from guahao.domain.dictionary.dictionary import TOP, Entry
from guahao.domain.errors import DictionaryChanged
from guahao.ports.dictionary.dictionary import DictionaryWriter
from tests.builders import NOW
from tests.dictionary import BEST, DISTRICT, ENTRIES, GOOD, GRADES, REGIONS, RENAMED, ROWS
from tests.fakes.dictionary import FakeDictionary

HOUR = timedelta(hours=1)


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> DictionaryWriter:
    return FakeDictionary() if request.param == "fake" else request.getfixturevalue("dynamo_dictionary")


def fill(store: DictionaryWriter, version: str = "a-1", rows: list[tuple[Entry, str]] = ROWS, expected: str | None = None) -> None:
    store.begin(version, NOW)
    store.write(version, rows)
    store.publish(version, expected, NOW)


def test_nothing_is_current_until_something_is_published(store: DictionaryWriter) -> None:
    assert store.version() is None
    store.begin("a-1", NOW)
    store.write("a-1", ROWS)
    assert store.version() is None
    store.publish("a-1", None, NOW)
    assert store.version() == "a-1"


def test_a_level_comes_back_as_it_was_written_and_in_its_order(store: DictionaryWriter) -> None:
    fill(store)
    assert store.children("a-1", TOP) == [GRADES, REGIONS]
    assert store.children("a-1", GRADES.id) == store.children_of_code("a-1", "Hostype") == [BEST, GOOD]
    assert store.children("a-1", DISTRICT.id) == []


def test_what_does_not_exist_is_none_and_an_unknown_version_is_empty(store: DictionaryWriter) -> None:
    fill(store)
    assert store.children("a-1", 2) is None
    assert store.children_of_code("a-1", "hostype") is None
    assert store.children_of_code("a-1", "keys") is None
    assert (store.children("x", TOP), store.children("x", 1), store.children_of_code("x", "Hostype")) == ([], None, None)
    assert store.names("x", [("Hostype", "1")]) == {}
    assert (list(store.walk("x")), store.count("x")) == ([], 0)


def test_names_are_found_below_their_own_root_only(store: DictionaryWriter) -> None:
    fill(store)
    found = store.names("a-1", {("Hostype", "1"), ("Province", "110101"), ("Province", "1"), ("Hostype", "")})
    assert found == {("Hostype", "1"): "三级甲等", ("Province", "110101"): "东城区"}


def test_hundreds_of_names_are_found_at_once(store: DictionaryWriter) -> None:
    fill(store, rows=[(GRADES, ""), *((Entry(1000 + n, 1, f"第{n}", str(n), position=n), "Hostype") for n in range(250))])
    asked = [("Hostype", str(n)) for n in range(0, 300, 2)]
    assert store.names("a-1", asked) == {("Hostype", str(n)): f"第{n}" for n in range(0, 250, 2)}
    assert [entry.position for entry in store.children("a-1", 1) or []] == list(range(250))


def test_a_walk_goes_depth_first_in_order_however_it_was_written(store: DictionaryWriter) -> None:
    fill(store, rows=ROWS[::-1])
    assert (list(store.walk("a-1")), store.count("a-1")) == (ENTRIES, len(ENTRIES))


def test_versions_do_not_see_each_other(store: DictionaryWriter) -> None:
    fill(store)
    fill(store, "b-2", RENAMED[:2], "a-1")
    assert list(store.walk("a-1")) == ENTRIES
    assert [entry.name for entry in store.walk("b-2")] == ["新医院等级", "新三级甲等"]


def test_writing_again_after_a_kill_changes_nothing_more(store: DictionaryWriter) -> None:
    store.begin("a-1", NOW)
    store.write("a-1", ROWS[:2])
    store.begin("a-1", NOW + HOUR)
    store.write("a-1", ROWS[:3])
    store.write("a-1", ROWS[3:])
    store.publish("a-1", None, NOW)
    store.publish("a-1", None, NOW)
    assert list(store.walk("a-1")) == ENTRIES


@pytest.mark.parametrize("expected", [None, "z-0"])
def test_a_version_is_published_over_the_expected_one_only(store: DictionaryWriter, expected: str | None) -> None:
    fill(store)
    store.begin("b-2", NOW)
    with pytest.raises(DictionaryChanged):
        store.publish("b-2", expected, NOW)
    assert store.version() == "a-1"


def test_only_what_was_begun_is_published_and_only_once(store: DictionaryWriter) -> None:
    with pytest.raises(DictionaryChanged):
        store.publish("a-1", None, NOW)
    fill(store)
    fill(store, "b-2", RENAMED, "a-1")
    with pytest.raises(DictionaryChanged):
        store.begin("a-1", NOW)
    with pytest.raises(DictionaryChanged):
        store.publish("a-1", "b-2", NOW)
    assert store.version() == "b-2"


def test_of_two_published_at_the_same_time_one_wins(dynamo_dictionary: DynamoDictionary) -> None:
    versions = [f"{n}-job" for n in range(8)]
    for version in versions:
        dynamo_dictionary.begin(version, NOW)

    def publish(version: str) -> str:
        try:
            dynamo_dictionary.publish(version, None, NOW)
        except DictionaryChanged:
            return ""
        return version

    with ThreadPoolExecutor(8) as threads:
        won = [version for version in threads.map(publish, versions) if version]
    assert won == [dynamo_dictionary.version()]


def test_stale_is_what_is_neither_current_nor_young(store: DictionaryWriter) -> None:
    fill(store)
    assert store.stale(NOW + HOUR) == []
    store.begin("given-up", NOW)
    store.begin("b-2", NOW)
    store.publish("b-2", "a-1", NOW + HOUR)
    assert store.stale(NOW + HOUR) == ["given-up"]
    assert sorted(store.stale(NOW + 2 * HOUR)) == ["a-1", "given-up"]


def test_a_dropped_version_is_gone_with_all_that_was_written_of_it(store: DictionaryWriter) -> None:
    fill(store)
    fill(store, "b-2", RENAMED, "a-1")
    store.drop("a-1")
    store.drop("a-1")
    assert list(store.walk("a-1")) == []
    assert store.names("a-1", [("Hostype", "1")]) == {}
    assert store.stale(NOW + HOUR) == []
    assert len(list(store.walk("b-2"))) == len(ROWS)


def test_a_version_that_was_never_finished_leaves_nothing_behind(dynamo_dictionary: DynamoDictionary) -> None:
    dynamo_dictionary.begin("a-1", NOW)
    dynamo_dictionary.write("a-1", ROWS[3:])
    dynamo_dictionary.drop("a-1")
    assert list(DictionaryItem.scan()) == []


def test_the_current_version_is_not_dropped(store: DictionaryWriter) -> None:
    fill(store)
    with pytest.raises(DictionaryChanged):
        store.drop("a-1")
    assert list(store.walk("a-1")) == ENTRIES
