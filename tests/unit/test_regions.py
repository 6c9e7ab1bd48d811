"""The regions of China: what is offered, what was offered once, and how a city without districts is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from infra.seed.dictionary import dictionary_rows
from infra.seed.hospitals import demo_hospitals
from infra.seed.regions import former_regions, regions
from infra.seed.users import citizen

from guahao.contracts.partner import HospitalEntry
from guahao.domain.catalog.catalog import named, region_name, terms_of
from guahao.domain.dictionary.dictionary import FORMER
from guahao.domain.errors import Invalid
from guahao.domain.people.certificates import CertificateType, Sex
from guahao.domain.people.patients import PatientDetails, PatientPolicy
from guahao.usecases.dictionary.dictionary import DictionaryPublisher, DictionaryService
from tests.fakes.clock import FakeClock
from tests.fakes.dictionary import FakeDictionary, FakeDictionaryCache

NAMES = {code: name for code, name, _ in regions()}
PARENTS = {code: parent for code, _, parent in regions()}
WITHOUT_DISTRICTS = {"441900": "东莞市", "442000": "中山市", "460400": "儋州市", "620200": "嘉峪关市"}
ZONE = "320576"


@pytest.fixture(scope="module")
def dictionary() -> DictionaryService:
    store, cache = FakeDictionary(), FakeDictionaryCache()
    DictionaryPublisher(store, cache, FakeClock()).publish("a-1", dictionary_rows())
    return DictionaryService(lambda: store, cache)


def level(code: str) -> int:
    return 0 if not PARENTS[code] else 1 + level(PARENTS[code])


def test_the_list_is_whole() -> None:
    assert Counter(map(level, PARENTS)) == {0: 34, 1: 390, 2: 2847}
    assert len(regions()) == len(PARENTS)
    below = Counter(PARENTS.values())
    assert (below["710000"], below["810000"], below["820000"]) == (22, 18, 8)


@pytest.mark.parametrize(
    ("code", "name", "parent"),
    [
        ("653228", "和康县", "653200"),
        ("653229", "和安县", "653200"),
        ("653132", "岑岭县", "653100"),
        ("659013", "草湖市", "659000"),
        ("500157", "两江新区", "500100"),
        ("460302", "西沙区", "460300"),
        ("460303", "南沙区", "460300"),
        ("711100", "新北市", "710000"),
        ("810001", "中西区", "810000"),
        ("820007", "路凼填海区", "820000"),
        ("110101", "东城区", "110100"),
        ("110100", "市辖区", "110000"),
        ("500200", "县", "500000"),
        ("419000", "省直辖县级行政区划", "410000"),
        ("659000", "自治区直辖县级行政区划", "650000"),
    ],
)
def test_a_region_of_the_newest_list_is_known(code: str, name: str, parent: str) -> None:
    assert (NAMES.get(code), PARENTS.get(code)) == (name, parent)


def test_each_region_begins_as_the_one_above() -> None:
    for code, parent in PARENTS.items():
        assert code.startswith(parent[: 2 * level(code)])


@pytest.mark.parametrize("code", WITHOUT_DISTRICTS)
def test_a_city_without_districts_needs_none_and_is_told_once(dictionary: DictionaryService, code: str) -> None:
    assert NAMES[code] == WITHOUT_DISTRICTS[code]
    assert dictionary.children(code) == []
    province = NAMES[PARENTS[code]]
    for district in ("", NAMES[code]):
        assert region_name([province, NAMES[code], district]) == province + NAMES[code]


def test_no_other_city_has_a_district_of_its_name() -> None:
    assert [code for code, parent in PARENTS.items() if parent and NAMES[parent] == NAMES[code]] == []


@pytest.mark.parametrize("district", ["", "441900", None])
def test_a_hospital_in_a_city_without_districts_may_leave_its_district_out(dictionary: DictionaryService, district: str | None) -> None:
    told = HospitalEntry.model_validate(demo_hospitals()[0]).model_dump(by_alias=True)
    told |= {"provinceCode": "440000", "cityCode": "441900", "districtCode": district}
    entry = HospitalEntry.model_validate({name: value for name, value in told.items() if value is not None})
    codes = {"province_code": entry.province_code, "city_code": entry.city_code, "district_code": entry.district_code}
    hospital = replace(demo_hospitals()[0], **codes)
    assert named(hospital, dictionary.names(terms_of(hospital))).region_name == "广东省东莞市"


@pytest.mark.parametrize(("code", "name"), [(ZONE, "苏州工业园区"), ("500105", "江北区"), ("620201", "嘉峪关市"), ("460321", "西沙群岛")])
def test_a_former_code_is_known_and_not_offered(dictionary: DictionaryService, code: str, name: str) -> None:
    assert dictionary.names([("Province", code)]) == {("Province", code): name}
    assert code not in {entry.value for entry in dictionary.children(f"{code[:4]}00")}


def test_no_code_is_both_offered_and_former() -> None:
    former = [code for code, _ in former_regions()]
    assert len(former) == len(set(former)) == 135
    assert not set(former) & PARENTS.keys()


def test_a_former_name_is_kept_in_the_cache_like_any_other(dictionary: DictionaryService) -> None:
    dictionary.names([("Province", ZONE)])
    assert dictionary.cache.names([("Province", ZONE)])[1] == {("Province", ZONE): "苏州工业园区"}


def test_only_roots_that_keep_their_former_values_have_any(dictionary: DictionaryService) -> None:
    assert FORMER == {"Province": "FormerProvince"}
    unknown = {("Province", "320599"), ("Nation", ZONE), ("Hostype", "9")}
    assert dictionary.unknown(unknown) == unknown


@pytest.mark.parametrize(
    "codes",
    [
        ("320000", "320500", ZONE),
        ("500000", "500100", "500105"),
        ("440000", "441900", ""),
        ("650000", "653200", "653228"),
        ("710000", "711100", ""),
        ("810000", "810001", ""),
        ("820000", "820008", ""),
    ],
)
def test_a_patient_lives_in_a_region_of_this_list_or_an_earlier_one(dictionary: DictionaryService, codes: tuple[str, str, str]) -> None:
    unknown = {code for _, code in dictionary.unknown({("Province", code) for code in codes if code})}
    number, _, born = citizen("13800000001")
    told = dict(zip(("province_code", "city_code", "district_code"), codes, strict=True))
    details = PatientDetails("演示用户", CertificateType.ID_CARD, number, Sex.FEMALE, born, "13800000001", **told)
    details.require_valid(date(2026, 3, 2), PatientPolicy(), 90, unknown)
    with pytest.raises(Invalid):
        details.require_valid(date(2026, 3, 2), PatientPolicy(), 90, {codes[1]})
