"""An operator sets a hospital up, changes its key, locks and removes it, and looks at the catalogue, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.e2e.client import administrator
from tests.e2e.conftest import Stack

DEMO = "10001"


def test_an_operator_sets_a_hospital_up_and_ends_its_setting(stack: Stack) -> None:
    http, code = administrator(stack, "operator").http, uuid4().hex[:8]
    told = {"name": f"新医院{code}", "apiUrl": stack.addresses["hospital"], "contactName": "王主任", "contactPhone": "010-69156114"}
    made = http.post("/api/admin/hospital-settings", json={"hospitalCode": code, **told})
    assert made.status_code == 201
    one = made.headers["Location"]
    assert http.post(f"{one}/key", json={}).json()["key"] != made.json()["key"]
    assert http.put(one, json={**told, "contactName": "李主任"}).json()["contactName"] == "李主任"
    assert [found["hospitalCode"] for found in http.get("/api/admin/hospital-settings", params={"q": code}).json()["items"]] == [code]
    assert http.post(f"/api/admin/hospitals/{code}/online").status_code == 409
    assert http.delete(one).json()["rule"] == "hospitalLocked"
    assert http.post(f"{one}/lock", json={"reason": "合同到期"}).json()["locked"] is True
    assert http.delete(one).status_code == 204
    assert http.get(one).status_code == 404


def test_an_operator_looks_at_the_catalogue(stack: Stack) -> None:
    http = administrator(stack, "operator").http
    listed = http.get("/api/admin/hospitals", params={"state": "online"}).json()["items"]
    assert DEMO in [hospital["hospitalCode"] for hospital in listed]
    assert http.get(f"/api/admin/hospitals/{DEMO}/departments").json()["items"]
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    assert http.get(f"/api/admin/hospitals/{DEMO}/schedules", params={"date": day}).json()["items"]
    assert http.post(f"/api/admin/hospitals/{DEMO}/online").json()["online"] is True
    assert http.get(f"/api/admin/hospital-settings/{DEMO}").json()["name"]
