"""What a row of the dictionary may hold, how it is looked up, and that it is replaced as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from infra.seed.dictionary import dictionary_rows, load_dictionary

from guahao.domain.catalog.catalog import Grade
from guahao.domain.dictionary.dictionary import COLUMNS, TOP, Entry, Fault, Term, read_row, same_content, version_of
from guahao.domain.errors import DictionaryChanged, NotFound
from guahao.usecases.dictionary.dictionary import DictionaryPublisher, DictionaryService
from tests.dictionary import BEST, DISTRICT, ENTRIES, GOOD, GRADES, REGIONS, RENAMED, ROWS
from tests.fakes.clock import FakeClock
from tests.fakes.dictionary import FakeDictionary, FakeDictionaryCache


class Stage:
    """A service and a publisher over one store and one cache."""

    def __init__(self) -> None:
        self.store, self.cache, self.clock = FakeDictionary(), FakeDictionaryCache(), FakeClock()
        self.service = DictionaryService(lambda: self.store, self.cache)
        self.publisher = DictionaryPublisher(self.store, self.cache, self.clock)

    def cost(self, look: Callable[[], object]) -> tuple[int, int]:
        """Return how many requests a look makes of the cache and of the store."""
        self.cache.requests = self.store.requests = 0
        look()
        return self.cache.requests, self.store.requests


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.publisher.publish("a-1", ROWS)
    return stage


@pytest.mark.parametrize(
    ("cells", "entry"),
    [
        ([1, 0, "医院等级", None, "Hostype"], Entry(1, 0, "医院等级", "", "Hostype")),
        ([101.0, "1", " 三级甲等 ", 1, ""], Entry(101, 1, "三级甲等", "1")),
        ([" 7 ", 5.0, "无", "-1", None], Entry(7, 5, "无", "-1")),
        ([2**53 - 1, 1, "x" * 100, "a.B_9-" + "0" * 26, None], Entry(2**53 - 1, 1, "x" * 100, "a.B_9-" + "0" * 26)),
    ],
)
def test_a_row_is_read_as_a_spreadsheet_gives_it(cells: list[object], entry: Entry) -> None:
    assert read_row(cells) == entry


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ([None, None, None, None, None], "id 上级id 名称"),
        ([0, -1, "x", None, None], "id 上级id"),
        ([True, False, True, True, True], "id 上级id 名称 值 编码"),
        ([1.5, "1.5", "两\n行", 1.5, "1a"], "id 上级id 名称 值 编码"),
        ([2**53, 2**53, "x" * 101, "x" * 33, "x" * 33], "id 上级id 名称 值 编码"),
        (["１", "=A1", "\x00", "=1", "编码"], "id 上级id 名称 值 编码"),
        ([float("inf"), float("nan"), datetime(2026, 1, 1), datetime(2026, 1, 1), datetime(2026, 1, 1)], "id 上级id 名称 值 编码"),
        ([1, 0, "x", "a/b", "a/b"], "值 编码"),
        ([1, 0, "x", "a,b", "a:b"], "值 编码"),
    ],
)
def test_everything_that_is_wrong_with_a_row_is_told_at_once(cells: list[object], columns: str) -> None:
    faults = read_row(cells)
    assert isinstance(faults, list)
    assert [fault.column for fault in faults] == columns.split()
    assert all(isinstance(fault, Fault) and fault.reason.startswith("must be") for fault in faults)


def test_a_version_is_named_after_its_content_and_its_writer() -> None:
    name = version_of(ENTRIES, "job1")
    assert name == version_of(iter(ENTRIES), "job1")
    assert same_content(name, version_of(ENTRIES, "job2"))
    assert name != version_of(ENTRIES, "job2")
    for other in (reversed(ENTRIES), ENTRIES[:-1], [entry for entry, _ in RENAMED]):
        assert not same_content(name, version_of(other, "job1"))


def test_a_level_is_found_by_code_and_by_id(stage: Stage) -> None:
    assert stage.service.children_of_code("Hostype") == [BEST, GOOD]
    assert stage.service.children(TOP) == [GRADES, REGIONS]
    assert stage.service.children("110000") == [DISTRICT]
    assert stage.service.children(DISTRICT.id) == []


@pytest.mark.parametrize("code", ["hostype", "Hostyp", "Hostype2", "", "1", "Hostype/1", "编码", "x" * 2000])
def test_an_unknown_code_is_not_found(stage: Stage, code: str) -> None:
    with pytest.raises(NotFound):
        stage.service.children_of_code(code)


@pytest.mark.parametrize("entry_id", ["2", "-1", "", "x", "1.5", "１", "9" * 30, str(2**53), 2**53])
def test_an_unknown_id_is_not_found(stage: Stage, entry_id: str | int) -> None:
    with pytest.raises(NotFound):
        stage.service.children(entry_id)


def test_names_are_told_of_what_is_known_and_the_rest_is_left_out(stage: Stage) -> None:
    known, unknown = [("Hostype", "1"), ("Province", "110101")], [("Hostype", "9"), ("Hostype", "110101"), ("Nation", "1")]
    malformed = [("Province", ""), ("", "1"), ("a/b", "c/d"), ("x" * 2000, "1")]
    assert stage.service.names([*known, *unknown, *malformed]) == {("Hostype", "1"): "三级甲等", ("Province", "110101"): "东城区"}
    assert stage.service.names([]) == {}
    assert stage.service.unknown([*known, *unknown, *malformed]) == {*unknown, *malformed}


def test_nothing_is_unknown_to_a_dictionary_that_is_not_there() -> None:
    assert DictionaryService(FakeDictionary, FakeDictionaryCache()).unknown([("Province", "110101")]) == set()


LOOKS: list[Callable[[DictionaryService], object]] = [
    lambda service: service.children(110000),
    lambda service: service.children(110101),
    lambda service: service.children_of_code("Hostype"),
    lambda service: service.names([("Hostype", "1"), ("Province", "110101")]),
]


@pytest.mark.parametrize("look", LOOKS)
def test_what_was_looked_up_once_costs_one_round_trip_to_the_cache(stage: Stage, look: Callable[[DictionaryService], object]) -> None:
    first = look(stage.service)
    assert stage.cost(lambda: look(stage.service)) == (1, 0)
    assert look(stage.service) == first


@pytest.mark.parametrize("look", LOOKS)
def test_an_emptied_or_stopped_cache_costs_speed_only(stage: Stage, look: Callable[[DictionaryService], object]) -> None:
    right = look(stage.service)
    stage.cache.empty()
    assert look(stage.service) == right
    stage.cache.stopped = True
    assert look(stage.service) == right
    assert stage.cost(lambda: look(stage.service)) == (2, 2)


def test_only_the_names_that_the_cache_misses_are_read(stage: Stage) -> None:
    stage.service.names([("Hostype", "1")])
    asked: list[set[Term]] = []
    stage.store.names = lambda version, terms: asked.append(set(terms)) or dict.fromkeys(terms, "x")  # type: ignore[method-assign, func-returns-value]
    stage.service.names([("Hostype", "1"), ("Province", "110101")])
    assert asked == [{("Province", "110101")}]


def test_before_anything_is_published_there_is_an_empty_dictionary() -> None:
    service = Stage().service
    assert service.children(TOP) == []
    assert service.names([("Hostype", "1")]) == {}
    with pytest.raises(NotFound):
        service.children_of_code("Hostype")


def test_a_new_dictionary_is_seen_at_once_whatever_the_cache_has_kept(stage: Stage) -> None:
    for look in LOOKS:
        look(stage.service)
    assert stage.publisher.publish("b-2", RENAMED) is True
    assert stage.service.children(110000) == [replace(DISTRICT, name="新东城区")]
    assert stage.service.children_of_code("Hostype") == [replace(entry, name=f"新{entry.name}") for entry in (BEST, GOOD)]
    assert stage.service.names([("Hostype", "1")]) == {("Hostype", "1"): "新三级甲等"}


def test_until_the_last_row_is_written_everybody_sees_the_old_dictionary(stage: Stage) -> None:
    def rows() -> Iterator[tuple[Entry, str]]:
        for row in RENAMED:
            yield row
            stage.cache.empty()
            assert stage.service.children(110000) == [DISTRICT]
            assert stage.service.names([("Hostype", "1")]) == {("Hostype", "1"): "三级甲等"}

    stage.publisher.publish("b-2", rows())
    assert stage.service.children(110000) == [replace(DISTRICT, name="新东城区")]


def test_the_same_content_changes_nothing_whoever_brings_it(stage: Stage) -> None:
    assert stage.publisher.publish("a-2", iter(())) is False
    assert stage.store.version() == "a-1"


def test_an_import_that_was_killed_is_run_again_to_its_end(stage: Stage) -> None:
    def dying() -> Iterator[tuple[Entry, str]]:
        yield from RENAMED[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage.publisher.publish("b-2", dying())
    assert stage.service.children(110000) == [DISTRICT]
    assert stage.publisher.publish("b-2", RENAMED) is True
    assert [entry for entry, _ in RENAMED] == list(stage.store.walk("b-2"))


def test_an_import_killed_before_it_told_the_cache_tells_it_the_next_time(stage: Stage) -> None:
    stage.service.children(110000)
    stage.store.begin("b-2", stage.clock())
    stage.store.write("b-2", RENAMED)
    stage.store.publish("b-2", "a-1", stage.clock())
    assert stage.publisher.publish("b-2", RENAMED) is False
    assert stage.service.children(110000) == [replace(DISTRICT, name="新东城区")]


def test_of_two_imports_at_once_the_later_one_is_refused(stage: Stage) -> None:
    def interrupted() -> Iterator[tuple[Entry, str]]:
        stage.publisher.publish("c-3", ROWS[:1])
        yield from RENAMED

    with pytest.raises(DictionaryChanged):
        stage.publisher.publish("b-2", interrupted())
    assert stage.store.version() == "c-3"


def test_a_late_repeat_of_an_import_does_not_bring_its_dictionary_back(stage: Stage) -> None:
    stage.publisher.publish("b-2", RENAMED)
    with pytest.raises(DictionaryChanged):
        stage.publisher.publish("a-1", ROWS)
    assert stage.store.version() == "b-2"


def test_what_is_not_current_is_kept_for_a_day_and_then_removed_by_the_next_import(stage: Stage) -> None:
    stage.publisher.publish("b-2", RENAMED)
    stage.store.begin("given-up", stage.clock())
    stage.clock.advance(days=1)
    stage.publisher.publish("c-3", ROWS[:1])
    assert list(stage.store.walk("a-1")) == ENTRIES
    stage.clock.advance(seconds=1)
    stage.publisher.publish("d-4", ROWS[:3])
    assert list(stage.store.walk("a-1")) == []
    assert list(stage.store.walk("b-2")) == [entry for entry, _ in RENAMED]
    stage.clock.advance(days=1)
    assert set(stage.store.stale(stage.clock.now)) == {"b-2", "c-3"}


def test_the_seed_has_its_roots_and_all_that_belongs_to_them() -> None:
    rows = list(dictionary_rows())
    sizes = {root.code: sum(of == root.code for _, of in rows) for root, _ in rows if root.code}
    assert sizes == {"Hostype": 5, "CertificatesType": 6, "Education": 5, "Nation": 56, "Province": 3271, "FormerProvince": 135}
    names = {(root, entry.value): entry.name for entry, root in rows}
    assert (names["Nation", "99101"], names["Nation", "99156"]) == ("汉族", "基诺族")
    assert [names["Education", str(30000 + n)] for n in range(1, 6)] == ["高中", "大专", "本科", "研究生", "其他"]
    assert names["Province", "110101"] == "东城区"
    assert {("Hostype", str(int(grade))) for grade in Grade} <= names.keys()


def test_the_seed_is_a_valid_tree() -> None:
    rows = list(dictionary_rows())
    entries = [entry for entry, _ in rows]
    seen = {TOP}
    for entry in entries:
        assert entry.parent_id in seen
        assert entry.id not in seen
        seen.add(entry.id)
        cells = (entry.id, entry.parent_id, entry.name, entry.value, entry.code)
        assert read_row(cells) == replace(entry, position=0, has_children=False)
        assert len(cells) == len(COLUMNS)
    assert {entry.id for entry in entries if entry.has_children} == {entry.parent_id for entry in entries} - {TOP}
    terms = [(root, entry.value) for entry, root in rows if root]
    assert len(set(terms)) == len(terms)


def test_the_seed_is_loaded_once_and_never_over_an_imported_dictionary(stage: Stage) -> None:
    empty = Stage()
    assert load_dictionary(empty.publisher) == "dictionary: 3484 entries, published"
    version = empty.store.version()
    empty.clock.advance(days=2)
    assert load_dictionary(empty.publisher) == "dictionary: 3484 entries, there already"
    assert empty.store.version() == version
    assert load_dictionary(stage.publisher) == "dictionary: an imported one is there and stays"
    assert stage.store.version() == "a-1"


def test_a_seed_whose_data_has_changed_replaces_the_one_before() -> None:
    stage = Stage()
    stage.publisher.publish("old-seed1", ROWS)
    assert load_dictionary(stage.publisher) == "dictionary: 3484 entries, published"
