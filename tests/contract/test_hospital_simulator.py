"""The simulated hospital's system publishes itself through the signed gateway, and works its orders off there."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.hospitals import HOSPITAL, Systems, World, department, hospital_systems, schedule
from tests.platforms import StandInPlatform
from tests.simulators import simulator

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    with hospital_systems(tmp_path_factory.mktemp("hospital")) as running:
        yield running


@pytest.fixture
def world(systems: Systems) -> World:
    return systems.new_hospital()


def test_each_save_is_pushed_signed_and_tells_what_the_platform_said(world: World) -> None:
    for kind, content, key in (
        ("hospital", HOSPITAL, world.code),
        ("departments", [department()], "0101"),
        ("schedules", {"items": [schedule()]}, "S1"),
    ):
        answer = world.put(kind, content)
        assert (answer.status_code, answer.json()["items"]) == (200, [{"key": key, "result": "created", "errors": []}])
        assert world.own(kind)[key]["result"] == "created"
    assert [call[1:] for call in world.platform.calls] == [(f"/api/gateway/{k}", 200) for k in ("hospital", "departments", "schedules")]
    assert world.platform.list_of(world.code, "schedules")["S1"] == schedule(doctorName="", skill="", state="open", endsAt=None)


def test_a_save_of_the_same_changes_nothing_and_of_another_updates(world: World) -> None:
    results = [world.put("departments", department(**changes)).json()["items"][0]["result"] for changes in ({}, {}, {"name": "心外科"})]
    assert results == ["created", "unchanged", "updated"]


def test_a_rejected_entry_shows_why_and_is_all_that_is_pushed_again(world: World) -> None:
    answer = world.put("departments", [department("1"), department("2", name="bad")])
    assert [item["result"] for item in answer.json()["items"]] == ["created", "rejected"]
    assert world.own("departments")["2"]["errors"] == [{"field": "name", "reason": "<b>is bad</b>"}]
    again = world.http.post(world.path("push"))
    assert again.json()["items"] == [
        {"kind": "departments", "key": "2", "result": "rejected", "errors": [{"field": "name", "reason": "<b>is bad</b>"}]}
    ]


def test_a_rejected_hospital_shows_why(world: World) -> None:
    assert world.put("hospital", HOSPITAL | {"name": "bad"}).json()["items"][0]["errors"] == [{"field": "name", "reason": "is bad"}]
    assert world.own("hospital")[world.code]["result"] == "rejected"


def test_many_entries_travel_in_batches_that_the_platform_takes(world: World) -> None:
    answer = world.put("schedules", [schedule(f"S{n}") for n in range(1101)])
    assert {item["result"] for item in answer.json()["items"]} == {"created"}
    assert len(world.platform.list_of(world.code, "schedules")) == 1101
    assert len(world.platform.calls) == 3


def test_what_could_not_be_pushed_is_kept_and_pushed_on_demand_in_order(world: World) -> None:
    world.platform.down = True
    for kind, content in (("schedules", schedule()), ("departments", department()), ("hospital", HOSPITAL)):
        answer = world.put(kind, content)
        assert (answer.status_code, answer.json()["items"][0]["result"]) == (202, "notPushed")
        assert "503" in answer.json()["items"][0]["errors"][0]
    assert world.http.post(world.path("push")).status_code == 202
    world.platform.down = False
    answer = world.http.post(world.path("push"))
    assert (answer.status_code, {item["result"] for item in answer.json()["items"]}) == (200, {"created"})
    assert [path.removeprefix("/api/gateway/") for _, path, _ in world.calls()] == ["hospital", "departments", "schedules"]
    assert world.http.post(world.path("push")).json() == {"items": []}


def test_everything_can_be_pushed_again_but_for_schedules_of_the_past(world: World) -> None:
    world.put("departments", department())
    world.put("schedules", [schedule(), schedule("S0", date="2020-01-01")])
    answer = world.http.post(world.path("push"), json={"everything": True})
    assert [(item["key"], item["result"]) for item in answer.json()["items"]] == [("0101", "unchanged"), ("S1", "unchanged")]


def test_a_hospital_without_a_platform_is_told_to_name_one(world: World, tmp_path: Path) -> None:
    with simulator("hospital", tmp_path) as url, httpx.Client(base_url=url, trust_env=False) as client:
        client.put("/settings", json={"hospitalCode": "1", "key": "k"}).raise_for_status()
        answer = client.put("/hospitals/1/departments", json=department())
        assert (answer.status_code, answer.json()["items"][0]["result"]) == (202, "notPushed")
        assert "address" in answer.json()["items"][0]["errors"][0]
        client.put("/settings", json={"hospitalCode": "1", "key": "k", "platformUrl": "http://127.0.0.1:1/"}).raise_for_status()
        assert "does not answer" in client.post("/hospitals/1/push").json()["items"][0]["errors"][0]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("departments", "{", "line 1"),
        ("departments", "7", "neither"),
        ("departments", "[]", "neither"),
        ("departments", json.dumps([department("1"), department("2", name="")]), "items.1.name"),
        ("departments", json.dumps([department("a/b")]), "items.0.departmentCode"),
        ("departments", json.dumps([department(), department()]), "twice"),
        ("departments", json.dumps([department(more=1)]), "items.0.more"),
        ("schedules", json.dumps([schedule(date="tomorrow")]), "items.0.date"),
        ("schedules", json.dumps([schedule(halfDay="night")]), "items.0.halfDay"),
        ("schedules", json.dumps(schedule(total="x")), "items.0.total"),
        ("hospital", json.dumps([HOSPITAL, HOSPITAL]), "one entry"),
        ("hospital", json.dumps(HOSPITAL | {"bookingRule": {}}), "items.0.bookingRule.cycleDays"),
        ("hospital", json.dumps(HOSPITAL | {"hospitalCode": "another"}), "items.0.hospitalCode"),
    ],
)
def test_entries_out_of_shape_are_named_and_nothing_is_saved(world: World, kind: str, text: str, said: str) -> None:
    answer = world.http.put(world.path(kind), content=text)
    assert answer.status_code == 400
    assert said in answer.text
    assert world.own(kind) == {}
    assert world.platform.calls == []


def test_a_removed_entry_is_taken_back_from_the_platform(world: World) -> None:
    world.put("schedules", [schedule("a"), schedule("b"), schedule("c")])
    world.platform.busy.add("b")
    del world.platform.list_of(world.code, "schedules")["c"]
    statuses = [world.http.delete(world.path(f"schedules/{key}")).status_code for key in ("a", "b", "c", "a")]
    assert statuses == [204, 409, 204, 404]
    assert list(world.own("schedules")) == ["b"]
    assert "suspend it" in world.own("schedules")["b"]["errors"][0]


def test_a_hospital_does_not_remove_itself(world: World) -> None:
    world.put("hospital", HOSPITAL)
    assert world.http.delete(world.path(f"hospital/{world.code}")).status_code == 409


def test_a_suspended_schedule_is_suspended_on_the_platform(world: World) -> None:
    world.put("schedules", schedule())
    shown = world.http.post(world.path("schedules/S1/suspension")).json()
    assert (shown["content"]["state"], shown["result"]) == ("suspended", "suspended")
    assert world.platform.list_of(world.code, "schedules")["S1"]["state"] == "suspended"


def test_a_suspension_that_the_platform_did_not_hear_is_pushed_later(world: World) -> None:
    world.put("schedules", schedule())
    world.platform.down = True
    assert world.http.post(world.path("schedules/S1/suspension")).status_code == 502
    world.platform.down = False
    assert world.http.post(world.path("push")).json()["items"][0]["result"] == "updated"
    assert world.platform.list_of(world.code, "schedules")["S1"]["state"] == "suspended"


def test_attendance_is_told_to_the_platform_and_stays(world: World) -> None:
    order_id, record_id = world.order()
    assert world.http.post(world.path(f"orders/{order_id}/attendance")).json()["state"] == "checkedIn"
    assert world.platform.orders[order_id] == "checkedIn"
    assert world.say(f"/orders/{record_id}/payment", {"orderId": order_id, "amountFen": 5000}).json()["state"] == "checkedIn"
    assert (
        world.say(f"/orders/{record_id}/cancellation", {"orderId": order_id, "reason": "scheduleSuspended"}).json()["state"] == "cancelled"
    )


def test_attendance_that_the_platform_refuses_is_not_recorded(world: World) -> None:
    order_id, _ = world.order(state="awaitingPayment")
    refused = world.http.post(world.path(f"orders/{order_id}/attendance"))
    assert (refused.status_code, world.state(order_id)) == (409, "booked")
    assert "not paid" in refused.json()["detail"]


def test_nobody_attends_a_cancelled_order_or_one_never_received(world: World) -> None:
    order_id, record_id = world.order()
    world.say(f"/orders/{record_id}/cancellation", {"orderId": order_id, "reason": "patient"}).raise_for_status()
    assert [world.http.post(world.path(f"orders/{o}/attendance")).status_code for o in (order_id, "other")] == [409, 404]
    assert world.http.post(world.path(f"orders/{order_id}/no-show")).status_code == 409
    assert world.platform.calls == []


def test_a_no_show_is_only_recorded_here_until_its_schedules_list_is_sent(world: World) -> None:
    order_id, _ = world.order()
    assert world.http.post(world.path(f"orders/{order_id}/no-show")).json()["state"] == "noShow"
    assert world.platform.calls == []
    (order,) = world.http.get(world.path("orders")).json()["items"]
    listed = world.http.post(world.path(f"schedules/{order['hospitalScheduleId']}/no-shows"))
    assert listed.json() == {"items": [{"orderId": order_id, "state": "noShow"}]}
    assert world.platform.orders[order_id] == "noShow"
    world.platform.orders[order_id] = "paid"
    assert world.http.post(world.path(f"orders/{order_id}/attendance")).json()["state"] == "checkedIn"
    assert world.http.post(world.path(f"orders/{order_id}/no-show")).status_code == 409


def test_what_the_platform_has_is_read_page_by_page_and_compared(world: World) -> None:
    world.put("hospital", HOSPITAL)
    world.put("departments", [department(str(n)) for n in range(5)])
    theirs = world.platform.list_of(world.code, "departments")
    theirs["0"]["name"] = "别的"
    theirs["9"] = theirs.pop("1") | {"departmentCode": "9"}
    compared = world.http.get(world.path("platform")).json()
    assert [(c["key"], c["differences"]) for c in compared["hospital"]] == [(world.code, [])]
    found = {c["key"]: (c["own"] is not None, c["theirs"] is not None, c["differences"]) for c in compared["departments"]}
    assert found["0"] == (True, True, ["name"])
    assert found["1"] == (True, False, [])
    assert found["4"] == (True, True, [])
    assert found["9"] == (False, True, [])


def test_what_only_the_platform_has_can_be_taken_over(world: World) -> None:
    world.put("hospital", HOSPITAL)
    world.put("departments", [department("1"), department("2")])
    world.platform.list_of(world.code, "departments")["2"]["name"] = "别的"
    world.platform.list_of(world.code, "schedules")["S1"] = schedule(state="open", doctorName="王", skill="")
    adopted = world.http.post(world.path("adoption")).json()["items"]
    assert adopted == [{"kind": "schedules", "key": "S1"}]
    assert world.own("schedules")["S1"]["content"] == schedule(state="open", doctorName="王", skill="", endsAt=None)
    assert world.own("departments")["2"]["content"]["name"] == "心内科"


@pytest.mark.parametrize("mode", ["slow", "acceptThenHang"])
def test_a_caller_without_patience_finds_its_order_accepted(world: World, mode: str) -> None:
    asked = world.registration()
    world.set(mode)
    with pytest.raises(httpx.ReadTimeout):
        world.say("/orders", asked, timeout=0.3)
    world.set("normal")
    assert (world.say("/orders", asked).status_code, world.state(asked["orderId"])) == (200, "booked")


def test_a_wrong_answer_is_no_record_although_the_work_was_done(world: World) -> None:
    asked = world.registration()
    world.set("wrongAnswer")
    wrong = world.say("/orders", asked)
    assert wrong.status_code == 200
    assert "recordId" not in wrong.text
    world.set("normal")
    assert world.say("/orders", asked).status_code == 200


def test_a_duplicate_call_is_absorbed_and_a_used_nonce_refused(world: World) -> None:
    world.set("duplicateCall")
    assert world.put("departments", department()).json()["items"][0]["result"] == "created"
    calls = world.http.get(world.path("calls")).json()["items"]
    assert [(call["status"], call["note"]) for call in reversed(calls)] == [(200, ""), (200, "the same again"), (401, "the nonce again")]
    assert "1 unchanged" in calls[1]["said"]


def test_after_a_new_key_both_are_accepted_and_the_new_one_signs(world: World) -> None:
    new = world.platform.keys[world.code] = secrets.token_hex(16)
    world.http.put("/settings", json={"hospitalCode": world.code, "key": new}).raise_for_status()
    assert [world.say("/orders", world.registration(), key).status_code for key in (world.key, new)] == [201, 201]
    assert world.put("departments", department()).status_code == 200
    third = secrets.token_hex(16)
    world.http.put("/settings", json={"hospitalCode": world.code, "key": third}).raise_for_status()
    assert [world.say("/orders", world.registration(), key).status_code for key in (world.key, new, third)] == [401, 201, 201]


def test_a_hospital_that_is_not_set_up_has_no_lists(world: World) -> None:
    for path in ("departments", "orders", "calls", "platform"):
        assert world.http.get(f"/hospitals/nobody/{path}").status_code == 404
    assert world.http.get(world.path("nothing")).status_code == 404


def test_entries_and_answers_survive_a_new_start(tmp_path: Path) -> None:
    platform = StandInPlatform({"1": "k"})
    with platform.serve() as address:
        for start in range(2):
            with simulator("hospital", tmp_path, "--platform", address) as url, httpx.Client(base_url=url, trust_env=False) as client:
                if start == 0:
                    client.put("/settings", json={"hospitalCode": "1", "key": "k"}).raise_for_status()
                    client.put("/hospitals/1/departments", json=department()).raise_for_status()
                assert client.get("/hospitals/1/departments").json()["items"][0]["result"] == "created"
