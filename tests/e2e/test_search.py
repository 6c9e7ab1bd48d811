"""The search across hospitals, and what a browser need not load twice."""

from __future__ import annotations

import httpx

from tests.e2e.conftest import Stack

HALF_DAYS = ["morning", "afternoon"]


def test_the_earliest_schedules_found_have_the_free_numbers_they_say(stack: Stack) -> None:
    with httpx.Client(base_url=stack.addresses["api"], timeout=60, trust_env=False) as http:
        found = http.get("/api/search/earliest", params={"departmentName": "心", "city": "110100", "limit": 20}).json()["items"]
        shown = [http.get(f"/api/schedules/{schedule['scheduleId']}").json() for schedule in found]
        nowhere = http.get("/api/search/earliest", params={"departmentName": "心", "city": "990000"}).json()
        refused = http.get("/api/search/earliest", params={"departmentName": "心", "city": "北京"})
    assert len(found) == 20
    assert all("心" in schedule["departmentName"] and schedule["free"] for schedule in found)
    times = [(schedule["date"], HALF_DAYS.index(schedule["halfDay"])) for schedule in found]
    assert times == sorted(times)
    assert [{name: schedule[name] for name in of} for schedule, of in zip(found, shown, strict=True)] == shown
    assert nowhere == {"items": []}
    assert refused.status_code == 400


def test_what_changes_seldom_is_loaded_once(stack: Stack) -> None:
    with httpx.Client(base_url=stack.addresses["api"], timeout=60, trust_env=False) as http:
        first = http.get("/api/hospitals", params={"limit": 2})
        second = http.get("/api/hospitals", params={"limit": 2}, headers={"If-None-Match": first.headers["ETag"]})
        other = http.get("/api/hospitals", params={"limit": 3}, headers={"If-None-Match": first.headers["ETag"]})
        unknown = http.get("/api/hospitals/none")
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "public, max-age=60"
    assert (second.status_code, second.content, second.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (other.status_code, unknown.headers["Cache-Control"]) == (200, "no-store")
