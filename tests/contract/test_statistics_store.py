"""The counts' store keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.order_item import OrderItem
from guahao.adapters.dynamo.statistics import CountsItem, DynamoStatistics, MarkItem
from guahao.bootstrap.parts import orders
from guahao.contracts.queries import BookingReportQuery
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.statistics.statistics import DayCounts, Figures, Mark
from guahao.domain.versions import VersionConflict
from guahao.ports.statistics.statistics import StatisticsBook
from guahao.usecases.statistics.statistics import BookingStatistics, Counting
from tests.builders import NOW, VISIT, altered
from tests.fakes.statistics import FakeStatistics
from tests.unit.test_order_states import order

PAID, CANCELLED = OrderState.PAID, OrderState.CANCELLED


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> StatisticsBook:
    return FakeStatistics() if request.param == "fake" else DynamoStatistics(request.getfixturevalue("aws")["STATISTICS_TABLE"])


@pytest.fixture
def code() -> str:
    """Return the code of a hospital that no other test has."""
    return uuid4().hex[:12]


def mark(code: str, order_id: str = "o1", state: OrderState = PAID, version: int = 1, day: date = VISIT) -> Mark:
    return Mark(code, day, order_id, state, version)


def placed(code: str, order_id: str) -> Order:
    return altered(order(PAID), hospital_code=code, order_id=order_id)


def test_an_order_is_counted_under_its_mark(store: StatisticsBook, code: str) -> None:
    first = mark(code, state=OrderState.AWAITING_PAYMENT)
    store.count(None, first)
    store.count(None, mark(code, "o2", CANCELLED))
    assert store.day(code, VISIT) == DayCounts(code, VISIT, Counter([OrderState.AWAITING_PAYMENT, CANCELLED]), 2)
    store.count(first, second := mark(code, version=3))
    assert store.day(code, VISIT) == DayCounts(code, VISIT, Counter([PAID, CANCELLED]), 3)
    assert store.marks([placed(code, "o1"), placed(code, "o3")]) == {"o1": second}
    assert list(store.marked(code, VISIT)) == [second, mark(code, "o2", CANCELLED)]


def test_a_mark_that_moved_since_it_was_read_stops_the_counting_whole(store: StatisticsBook, code: str) -> None:
    store.count(None, mark(code))
    for read in (None, mark(code, version=2), mark(code, state=CANCELLED)):
        with pytest.raises(VersionConflict):
            store.count(read, mark(code, state=OrderState.CHECKED_IN, version=3))
    with pytest.raises(VersionConflict):
        store.count(mark(code, "o9"), mark(code, "o9", CANCELLED, 2))
    assert store.day(code, VISIT) == DayCounts(code, VISIT, Counter([PAID]), 1)
    assert list(store.marked(code, VISIT)) == [mark(code)]


def test_what_is_not_counted_is_nothing(store: StatisticsBook, code: str) -> None:
    assert store.day(code, VISIT) == DayCounts(code, VISIT, Counter())
    assert (store.marks([]), store.marks([placed(code, "o1")])) == ({}, {})
    assert [list(found) for found in (store.marked(code, VISIT), store.counted(code), store.days(code, VISIT, VISIT))] == [[], [], []]


def test_counts_are_corrected_over_those_that_were_read_alone(store: StatisticsBook, code: str) -> None:
    nothing = store.day(code, VISIT)
    store.correct(nothing, Counter({PAID: 5}))
    assert store.day(code, VISIT) == DayCounts(code, VISIT, Counter({PAID: 5}), 1)
    with pytest.raises(VersionConflict):
        store.correct(nothing, Counter())
    read = store.day(code, VISIT)
    store.count(None, mark(code))
    with pytest.raises(VersionConflict):
        store.correct(read, Counter())
    store.correct(store.day(code, VISIT), Counter({CANCELLED: 1}))
    assert store.day(code, VISIT) == DayCounts(code, VISIT, Counter({CANCELLED: 1}), 3)


def test_a_mark_is_dropped_as_it_was_read_alone_and_its_order_counts_no_more(store: StatisticsBook, code: str) -> None:
    store.count(None, mark(code))
    for read in (mark(code, version=2), mark(code, state=CANCELLED), mark(code, "o2")):
        with pytest.raises(VersionConflict):
            store.drop(read)
    assert store.day(code, VISIT) == DayCounts(code, VISIT, Counter([PAID]), 1)
    store.drop(mark(code))
    assert (+store.day(code, VISIT).by_state, store.day(code, VISIT).version) == (Counter(), 2)
    assert list(store.marked(code, VISIT)) == []


def test_days_are_found_in_their_order_of_one_hospital_or_of_all(store: StatisticsBook, code: str) -> None:
    other = f"{code}x"
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)]
    for day in reversed(days):
        store.count(None, mark(code, f"o{day}", day=day))
    store.count(None, mark(other, day=days[2]))
    assert [counts.day for counts in store.days(code, days[1], days[3])] == days[1:4]
    for first, last, fit in ((days[1], days[3], days[1:4]), (days[0], days[1], days[:2]), (days[2], days[2], days[2:3])):
        found = [counts for counts in store.days("", first, last) if counts.hospital_code in (code, other)]
        assert [counts.day for counts in found if counts.hospital_code == code] == fit
        assert [counts.day for counts in found if counts.hospital_code == other] == [days[2]] * (days[2] in fit)
    assert sorted(store.counted(code)) == [(code, day) for day in days]
    assert {place for place in store.counted("") if place[0] in (code, other)} == {*((code, day) for day in days), (other, days[2])}


def test_many_who_count_the_same_orders_at_once_count_each_once(aws: dict[str, str], code: str) -> None:
    statistics = DynamoStatistics(aws["STATISTICS_TABLE"])
    count = Counting(orders(), statistics).count
    ids = [f"{code}{number}" for number in range(8)]
    for version, state in ((1, OrderState.AWAITING_PAYMENT), (2, PAID)):
        for order_id in ids:
            OrderItem.from_domain(replace(placed(code, order_id), state=state, version=version), "").save()
        messages = ids * 4
        Random(1).shuffle(messages)
        with ThreadPoolExecutor(8) as many:
            assert sum(many.map(count, messages)) == len(ids)
        assert +statistics.day(code, VISIT).by_state == Counter({state: len(ids)})
    assert {found.state for found in statistics.marked(code, VISIT)} == {PAID}


@pytest.mark.parametrize("orders", [3, 30])
def test_what_a_report_costs_does_not_grow_with_the_orders(
    aws: dict[str, str], code: str, orders: int, count_requests: Callable[[], list[str]]
) -> None:
    statistics = DynamoStatistics(aws["STATISTICS_TABLE"])
    for number in range(orders):
        statistics.count(None, mark(code, f"o{number}"))
    requests = count_requests()
    service = BookingStatistics(statistics, lambda: NOW)
    report = service.report(BookingReportQuery(hospital_code=code, first=VISIT, last=VISIT + timedelta(days=300)))
    assert (requests, report.totals) == (["Query"], Figures(orders, orders, orders, 0, 0, 0))
    service.report(BookingReportQuery(first=date(2026, 3, 2), last=date(2026, 5, 1)))
    assert requests == ["Query"] * 4


def test_days_and_marks_do_not_meet_in_one_part(aws: dict[str, str], code: str) -> None:
    statistics = DynamoStatistics(aws["STATISTICS_TABLE"])
    statistics.count(None, mark(code))
    assert [item.item for item in CountsItem.query(code)] == [VISIT.isoformat()]
    assert [item.item for item in MarkItem.query(f"{code}#{VISIT.isoformat()}")] == ["o1"]
