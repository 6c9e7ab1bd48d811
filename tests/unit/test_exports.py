"""Exports of orders and statistics: the rows that the filter leaves, nothing personal, and none of them kept in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from weakref import WeakSet

import pytest
from infra.functions import load_handler
from pydantic import ValidationError

from guahao.adapters.xlsx.reader import read_sheet
from guahao.adapters.xlsx.writer import write_sheet
from guahao.contracts.exports import OrdersFilter, StatisticsFilter
from guahao.domain.administration.jobs import Job, JobState, Work
from guahao.domain.administration.spreadsheets import Shown
from guahao.domain.booking.order_sheet import ORDER_COLUMNS, mask_name, order_row
from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import Invalid
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.payment.payment import PaymentState
from guahao.domain.statistics.statistics import Mark
from guahao.ports.booking.order_index import OrderSearch
from guahao.usecases.administration.exports import MOST_ROWS, Exports, OrdersTable, StatisticsTable, Table
from guahao.usecases.administration.jobs import JobRunner, JobService
from guahao.usecases.statistics.statistics import BookingStatistics
from tests.builders import NOW, VISIT, altered
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import FakeFiles, FakeJobs
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.statistics import FakeStatistics
from tests.functions import sample_event
from tests.unit.test_order_states import order

FILTER = {"hospital_code": "10001", "status": "paid", "first": VISIT.isoformat(), "last": VISIT.isoformat()}


def export(table: Table) -> tuple[Job, list[list[Any]]]:
    """Do the job of exporting the table; return it, and the rows of its workbook."""
    jobs, files = FakeJobs(), FakeFiles()
    jobs.jobs["j"] = Job("j", Work.EXPORT, "table", "a1", NOW, {})
    Exports(JobRunner(jobs, lambda: NOW), {"table": lambda _: table}, files, write_sheet).run("j")
    rows = read_sheet(BytesIO(files.files[jobs.jobs["j"].file])).rows if jobs.jobs["j"].file else []
    return jobs.jobs["j"], [[row.cells.get(place, "") for place in range(len(table.columns))] for row in rows]


def orders_of(*orders: Order) -> FakeOrderIndex:
    store = FakeOrders()
    store.orders = {each.order_id: each for each in orders}
    return FakeOrderIndex(store)


def test_an_order_is_exported_with_what_an_office_needs_and_nothing_personal() -> None:
    paid = order(OrderState.PAID, PaymentState.PAID, record=HospitalRecord("r1", NOW, "一楼"), fee_fen=5050, name="林三三")
    paid = replace(paid, payment=replace(paid.payment, paid_at=NOW + timedelta(minutes=3)))
    job, (header, row) = export(OrdersTable(orders_of(paid), OrderSearch()))
    assert header == [column.title for column in ORDER_COLUMNS]
    assert dict(zip(header, row, strict=True)) == {
        "订单号": "o1",
        "医院编号": "10001",
        "医院": "协和医院",
        "科室": "心内科",
        "职称": "主任医师",
        "医生": "林一",
        "就诊日期": "2026-03-05",
        "午别": "上午",
        "号序": 1,
        "就诊人": "林**",
        "挂号费（元）": Shown(50.5, "0.00"),
        "订单状态": "已支付",
        "支付状态": "已支付",
        "医院登记号": "r1",
        "下单时间": "2026-03-02 09:00",
        "支付时间": "2026-03-02 09:03",
        "取消原因": "",
    }
    assert (job.state, job.done, job.total) == (JobState.DONE, 1, 1)


@pytest.mark.parametrize("cause", [Cause.CANCELLED_BY_USER, Cause.HOLD_EXPIRED, Cause.HOSPITAL_REFUSED, Cause.SCHEDULE_SUSPENDED])
def test_every_end_and_state_of_an_order_has_a_word(cause: Cause) -> None:
    assert order_row(order().cancel(cause, NOW))[-1]
    assert order_row(order(OrderState.PAID).cancel_unconfirmed(NOW))[-1]
    words = [order_row(order(state, payment))[-6] for state in OrderState for payment in PaymentState]
    assert all(words)


@pytest.mark.parametrize(("name", "masked"), [("林三", "林*"), ("欧阳三三", "欧***"), ("林", "林"), ("", "")])
def test_of_a_name_the_first_character_is_shown(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_the_filter_leaves_a_hospital_a_state_and_days() -> None:
    fitting = order(OrderState.PAID)
    others = (
        {"hospital_code": "10002"},
        {"state": OrderState.CHECKED_IN},
        {"date": VISIT - timedelta(days=1)},
        {"date": VISIT + timedelta(days=1)},
    )
    index = orders_of(fitting, *(altered(fitting, order_id=f"x{number}", **other) for number, other in enumerate(others)))
    asked = OrdersFilter.model_validate(FILTER)
    assert asked.model_dump(mode="json", exclude_none=True) == FILTER
    assert [row[0] for row in export(OrdersTable.of(index, asked))[1]] == ["订单号", "o1"]
    assert len(export(OrdersTable.of(index, OrdersFilter()))[1]) == 6


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (OrdersFilter, {"status": "lost"}),
        (OrdersFilter, {"hospitalCode": "10001#2026-03-01"}),
        (OrdersFilter, {"from": "2026-02-30"}),
        (StatisticsFilter, {"status": "paid"}),
    ],
)
def test_a_filter_that_leaves_nothing_or_makes_no_sense_is_refused(model: type[OrdersFilter], fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(fields)


def test_statistics_are_exported_day_by_day() -> None:
    statistics = FakeStatistics()
    statistics.count(None, Mark("10001", VISIT, "o1", OrderState.PAID, 1))
    statistics.count(None, Mark("10001", VISIT, "o2", OrderState.CANCELLED, 1))
    asked = StatisticsFilter.model_validate({"hospitalCode": "10001", "from": VISIT, "to": VISIT + timedelta(days=1)})
    job, rows = export(StatisticsTable(BookingStatistics(statistics, lambda: NOW).by_hospital(asked)))
    assert rows == [
        ["就诊日期", "医院编号", "预约总数", "有效预约", "已支付", "已取消", "已取号", "爽约"],
        ["2026-03-05", "10001", 2, 1, 1, 1, 0, 0],
        ["2026-03-06", "10001", 0, 0, 0, 0, 0, 0],
    ]
    assert (job.done, job.total) == (2, 2)


def test_statistics_of_all_are_exported_hospital_by_hospital() -> None:
    statistics = FakeStatistics()
    for code, day in (("10002", VISIT), ("10001", VISIT + timedelta(days=1)), ("10003", VISIT + timedelta(days=2))):
        statistics.count(None, Mark(code, day, f"o{code}", OrderState.PAID, 1))
    asked = StatisticsFilter.model_validate({"from": VISIT, "to": VISIT + timedelta(days=1)})
    rows = export(StatisticsTable(BookingStatistics(statistics, lambda: NOW).by_hospital(asked)))[1]
    assert [row[:3] for row in rows[1:]] == [
        ["2026-03-05", "10001", 0],
        ["2026-03-05", "10002", 1],
        ["2026-03-06", "10001", 1],
        ["2026-03-06", "10002", 0],
    ]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, {"first": "2026-01-31", "last": "2026-04-01"}),
        ({"from": "2026-02-01", "hospitalCode": "10001"}, {"first": "2026-02-01", "last": "2026-04-01", "hospital_code": "10001"}),
        ({"to": "2026-02-01"}, {"first": "2026-01-02", "last": "2026-02-01"}),
    ],
)
def test_an_export_of_statistics_keeps_the_days_that_are_usual_when_it_is_asked_for(fields: dict[str, str], kept: dict[str, str]) -> None:
    jobs, clock = FakeJobs(), FakeClock(NOW)
    service, asked = JobService(Work.EXPORT, jobs, FakeFiles(), jobs.log, clock), StatisticsFilter.model_validate(fields)
    job = service.request("a1", "key", "statistics", asked.parameters).job
    assert job.parameters == kept
    assert StatisticsFilter.model_validate(kept).parameters(VISIT) == kept
    clock.advance(days=1)
    again = service.request("a1", "key", "statistics", asked.parameters).job
    assert (again.job_id, again.requested_at, again.parameters) == (job.job_id, NOW, kept)


@pytest.mark.parametrize("fields", [{"from": "2024-01-01"}, {"from": "2025-03-01", "to": "2026-03-02", "hospitalCode": "10001"}])
def test_an_export_of_statistics_of_too_many_days_is_refused_when_it_is_asked_for(fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        StatisticsFilter.model_validate(fields).parameters(VISIT)
    assert [fault["field"] for fault in refusal.value.errors] == ["filter.from"]


@pytest.mark.parametrize("model", [OrdersFilter, StatisticsFilter])
def test_an_export_of_days_in_the_wrong_order_is_refused_when_it_is_asked_for(model: type[OrdersFilter]) -> None:
    with pytest.raises(Invalid, match="wrong order") as refusal:
        model.model_validate({"from": "2026-03-02", "to": "2026-03-01"}).parameters(VISIT)
    assert refusal.value.errors == [{"field": "filter.from", "reason": "not after `to`"}]


@pytest.mark.parametrize(
    ("sent", "field", "reason"),
    [
        ({}, "kind", "Field required"),
        ({"kind": "people"}, "kind", "Input should be 'dictionary', 'orders' or 'statistics'"),
        ({"kind": "orders", "filter": {"hospitalCode": "#"}}, "filter.hospitalCode", "String should match pattern '^[0-9A-Za-z_-]{1,32}$'"),
        ({"kind": "orders", "filter": {"hospital_code": "1"}}, "filter.hospital_code", "Extra inputs are not permitted"),
        ({"kind": "orders", "filter": {"from": "2026-3-2"}}, "filter.from", "write YYYY-MM-DD"),
        ({"kind": "orders", "filter": {"to": "1999-12-31"}}, "filter.to", "a day from 2000-01-01 to 2999-12-31"),
        ({"kind": "dictionary", "filter": {"status": "paid"}}, "filter.status", "Extra inputs are not permitted"),
        ({"kind": "statistics", "more": 1}, "more", "Extra inputs are not permitted"),
        ([], "", "Input should be an object"),
    ],
)
def test_a_fault_in_what_is_asked_for_is_told_at_the_field_that_was_sent(sent: Any, field: str, reason: str) -> None:
    answer = load_handler("exports")({**sample_event("exports", "request"), "body": json.dumps(sent)}, None)
    assert (answer["statusCode"], json.loads(answer["body"])["errors"]) == (400, [{"field": field, "reason": reason}])


@dataclass
class Endless(FakeOrderIndex):
    """An index of so many orders, none of them in memory but those that somebody holds."""

    rows: int = 0
    alive: WeakSet[Order] = field(default_factory=WeakSet)
    most: int = 0

    def count(self, wanted: OrderSearch, most: int) -> int:
        return min(self.rows, most)

    def each(self, wanted: OrderSearch) -> Iterator[Order]:
        for number in range(self.rows):
            made = order(order_id=f"o{number}")
            self.alive.add(made)
            self.most = max(self.most, len(self.alive))
            yield made


def test_an_order_is_forgotten_once_its_row_is_written() -> None:
    endless = Endless(FakeOrders(), rows=300)
    assert len(export(OrdersTable(endless, OrderSearch()))[1]) == 301
    assert endless.most < 10


def test_more_rows_than_can_be_written_in_time_are_refused_before_the_first() -> None:
    endless = Endless(FakeOrders(), rows=5 * MOST_ROWS)
    job, rows = export(OrdersTable(endless, OrderSearch()))
    assert (job.state, rows, endless.most) == (JobState.FAILED, [], 0)
    assert "fewer days" in job.errors[0].reason
