"""Statistics and exports through the gateway: what became of a hospital's orders is told, downloaded, and what the orders say."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx

from guahao.adapters.xlsx.reader import read_sheet
from guahao.domain.catalog.schedules import schedule_id_of
from tests.e2e.client import Visitor, administrator, eventually, set_stage
from tests.e2e.conftest import Stack
from tests.e2e.test_dictionary_jobs import follow
from tests.e2e.test_hospital_story import publish, set_up
from tests.servers import ROOT

PHONES = 13600000300
REPORT, EXPORTS = "/api/admin/statistics/bookings", "/api/admin/exports"


def export(http: httpx.Client, kind: str, **wanted: str) -> list[dict[Any, Any]]:
    """Export the table and return its rows by the titles of its columns."""
    job = follow(http, http.post(EXPORTS, json={"kind": kind, "filter": wanted}))
    assert (job["state"], job["done"]) == ("done", job["total"]), job
    header, *rows = read_sheet(BytesIO(httpx.get(job["downloadUrl"], trust_env=False).content)).rows
    return [{title: row.cells.get(place, "") for place, title in header.cells.items()} for row in rows]


def test_what_became_of_orders_is_counted_exported_and_the_same_when_made_anew(stack: Stack) -> None:
    people = set_stage(stack, 1, PHONES, 4).people
    visitors = [Visitor(stack, person["phone"], person["patientId"]).log_in() for person in people]
    system = stack.closing.enter_context(httpx.Client(base_url=stack.addresses["hospital"], timeout=60, trust_env=False))
    code, own_id = set_up(stack, system), uuid4().hex
    publish(system, code, "主任医师", {"hospitalScheduleId": own_id, "doctorName": "林一", "halfDay": "morning"})
    http = administrator(stack, "operator").http
    http.post(f"/api/admin/hospitals/{code}/online")
    schedule = schedule_id_of(code, own_id)
    eventually(lambda: visitors[0].http.get(f"/api/hospitals/{code}").status_code == 200)

    orders = []
    for number, visitor in enumerate(visitors):
        order = visitor.book(schedule).json()
        orders.append(order["orderId"])
        if number:
            assert visitor.scan(visitor.open_payment(order["orderId"]).json()["codeUrl"]).status_code == 200
            eventually(lambda v=visitor, o=order["orderId"]: v.order(o)["state"] == "paid")
            eventually(lambda v=visitor, o=order["orderId"]: v.hospital_knows(o) == "paid")
    for number in (0, 1):
        assert visitors[number].cancel(orders[number]).status_code == 200
    # Nobody comes days before the visit.
    assert system.post(f"/hospitals/{code}/orders/{orders[2]}/attendance").status_code == 409

    day = visitors[0].order(orders[0])["date"]
    figures = {"placed": 4, "booked": 2, "paid": 2, "cancelled": 2, "attended": 0, "noShow": 0}
    asked = {"hospitalCode": code, "from": day, "to": day}

    def told() -> dict[str, Any]:
        found: dict[str, Any] = http.get(REPORT, params=asked).json()
        return found

    eventually(lambda: told()["totals"] == figures)
    assert told()["items"] == [{"date": day, **figures}]
    usual = http.get(REPORT, params={"hospitalCode": code}).json()
    assert (usual["totals"], len(usual["items"])) == (figures, 61)
    assert http.get(REPORT, params=asked | {"from": "2999-12-31"}).status_code == 400

    rows = export(http, "orders", hospitalCode=code)
    assert {row["订单号"]: row["订单状态"] for row in rows} == dict(zip(orders, ("已取消", "已取消", "已支付", "已支付"), strict=True))
    assert {row["就诊人"] for row in rows} == {"林**"}
    assert {row["订单号"] for row in export(http, "orders", status="paid", **asked)} == set(orders[2:])
    (counted,) = export(http, "statistics", **asked)
    assert list(counted.values()) == [day, code, 4, 2, 2, 2, 0, 0]

    command = [sys.executable, "-m", "infra.operate", "rebuild-statistics", "--hospital", code]
    done = subprocess.run(command, cwd=ROOT, env=stack.variables, capture_output=True, text=True, timeout=60)
    assert done.stdout == "Orders: 4, counted anew: 0, days corrected: 0.\n", done.stderr
    assert told()["totals"] == figures
