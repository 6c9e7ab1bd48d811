"""What a person does on the pages of the simulated hospital's system, with a form and no script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest

from tests.hospitals import HOSPITAL, Systems, World, department, hospital_systems, schedule

_FORM = re.compile(r'<form method="post" action="([^"]+)"')


class Desk:
    """A browser at the desk of the test's hospital."""

    def __init__(self, world: World) -> None:
        self.world = world

    def see(self, page: str = "") -> str:
        answer = self.world.http.get(f"/desk/{self.world.code}{page}")
        assert answer.status_code == 200
        return answer.text

    def press(self, action: str, **fields: str) -> httpx.Response:
        """Send the form, which must be on some page, and follow where it leads."""
        return self.world.http.post(f"/desk/{self.world.code}{action}", data=fields, follow_redirects=True)

    def save(self, kind: str, content: Any, file: str = "") -> httpx.Response:
        files = {"text": (None, json.dumps(content)), "file": (file and "entries.json", file)}
        return self.world.http.post(f"/desk/{self.world.code}/{kind}", files=files, follow_redirects=True)


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    with hospital_systems(tmp_path_factory.mktemp("hospital")) as running:
        yield running


@pytest.fixture
def desk(systems: Systems) -> Desk:
    return Desk(systems.new_hospital())


def test_a_hospital_is_set_up_and_published_by_hand(systems: Systems) -> None:
    systems.platform.keys["by-hand"] = "its key"
    there = systems.http.post("/desk", data={"hospitalCode": "by-hand", "key": " its key "}, follow_redirects=True)
    assert (there.status_code, there.url.path) == (200, "/desk/by-hand")
    files = {"text": (None, json.dumps(HOSPITAL))}
    assert systems.http.post("/desk/by-hand/hospital", files=files, follow_redirects=True).status_code == 200
    assert systems.platform.hospitals["by-hand"]["name"] == "示范医院"
    assert "示范医院" in systems.http.get("/").text


def test_the_example_in_each_form_is_itself_accepted(desk: Desk) -> None:
    for kind in ("hospital", "departments", "schedules"):
        shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", desk.see(f"/{kind}"), re.DOTALL)
        assert shown
        assert "created" in desk.save(kind, json.loads(unescape(shown[1]))).text


def test_a_file_is_taken_before_the_text(desk: Desk) -> None:
    saved = desk.save("departments", department("text"), json.dumps({"items": [department("file1"), department("file2")]}))
    assert saved.status_code == 200
    assert set(desk.world.own("departments")) == {"file1", "file2"}


def test_a_text_out_of_shape_stays_in_the_form_with_what_is_wrong(desk: Desk) -> None:
    answer = desk.save("departments", department(name="</textarea><b>", more=1))
    assert answer.status_code == 400
    assert "items.0.more" in answer.text
    assert "&lt;/textarea&gt;&lt;b&gt;" in answer.text
    assert desk.world.own("departments") == {}


def test_an_entry_is_edited_from_what_it_is(desk: Desk) -> None:
    desk.save("departments", department(introduction="who we are"))
    assert "who we are" in unescape(desk.see("/departments?edit=0101").split("</textarea>")[0])


def test_schedules_can_be_shown_by_day(desk: Desk) -> None:
    desk.save("schedules", [schedule("early", date="2030-01-01"), schedule("late", date="2030-01-02")])
    shown = desk.see("/schedules?date=2030-01-02")
    assert ("late" in shown, "early" in shown) == (True, False)


def test_what_is_written_is_never_taken_for_html(desk: Desk) -> None:
    attack = '"><script>x()</script>'
    desk.save("hospital", HOSPITAL | {"name": attack, "address": attack})
    desk.save("departments", [department(name=attack), department("2", name="bad")])
    desk.save("schedules", schedule(title=attack, doctorName=attack))
    order = desk.world.registration() | {"patientName": attack, "hospitalScheduleId": attack, "departmentCode": attack}
    assert desk.world.say("/orders", order | {"orderId": attack + desk.world.code}).status_code == 201
    desk.world.platform.list_of(desk.world.code, "departments")["0101"]["name"] += attack
    for page in ("", "/hospital", "/departments", "/schedules", "/orders", "/platform", "/calls", "/hospital?edit=" + desk.world.code):
        shown = desk.see(page)
        assert "<script>" not in shown
        assert "<b>is bad" not in shown
    assert "<script>" not in desk.world.http.get("/").text


def test_orders_have_buttons_for_what_can_still_happen(desk: Desk) -> None:
    order_id, _ = desk.world.order()
    actions = [unescape(action) for action in _FORM.findall(desk.see("/orders"))]
    assert actions == [f"/desk/{desk.world.code}/orders/{order_id}/{end}" for end in ("attendance", "no-show")]
    assert "took the number" in desk.press(f"/orders/{order_id}/attendance").text
    assert _FORM.findall(desk.see("/orders")) == []
    refused = desk.press(f"/orders/{order_id}/no-show")
    assert (refused.status_code, "checkedIn" in refused.text) == (409, True)


def test_a_schedule_is_suspended_and_removed_by_buttons(desk: Desk) -> None:
    desk.save("schedules", schedule())
    assert "suspended" in desk.press("/schedules/S1/suspension").text
    assert f"/desk/{desk.world.code}/schedules/S1/suspension" not in desk.see("/schedules")
    assert desk.press("/schedules/S1/removal").status_code == 200
    assert desk.world.own("schedules") == desk.world.platform.list_of(desk.world.code, "schedules") == {}


def test_what_waits_is_counted_and_pushed_by_a_button(desk: Desk) -> None:
    desk.world.platform.down = True
    desk.save("departments", department())
    assert "as they are here: 1." in desk.see()
    assert "not on the platform yet" in desk.see("/departments")
    desk.world.platform.down = False
    assert "created" in desk.press("/push", back="departments").text
    assert "accepted every entry" in desk.see()
    desk.world.platform.lists.clear()
    desk.press("/push", everything="yes")
    assert "0101" in desk.world.platform.list_of(desk.world.code, "departments")


def test_what_only_the_platform_has_is_shown_and_taken_over(desk: Desk) -> None:
    desk.world.put("hospital", HOSPITAL)
    desk.world.platform.list_of(desk.world.code, "departments")["7"] = department("7", introduction="")
    assert ">only there<" in desk.see("/platform")
    assert ">only there<" not in desk.press("/adoption").text
    assert "7" in desk.world.own("departments")


def test_faults_and_settings_are_switched_on_the_overview(desk: Desk) -> None:
    assert desk.press("/fault", mode="refuse").status_code == 200
    assert desk.world.say("/orders", desk.world.registration()).status_code == 409
    desk.press("/fault", mode="normal")
    desk.press("/settings", key="", platformUrl="http://127.0.0.1:1")
    assert 'value="http://127.0.0.1:1"' in desk.see()
    assert desk.world.put("departments", department()).status_code == 202
    assert desk.press("/settings", key="another key", platformUrl="").status_code == 200
    assert desk.world.say("/orders", desk.world.registration(), "another key").status_code == 201
    assert desk.world.put("departments", department()).json()["items"][0]["errors"][0].startswith("401")


@pytest.mark.parametrize(("action", "fields"), [("/fault", {"mode": "x"}), ("/settings", {"platformUrl": "ftp://elsewhere"})])
def test_a_form_with_nonsense_is_refused_in_words(desk: Desk, action: str, fields: dict[str, str]) -> None:
    answer = desk.press(action, **fields)
    assert (answer.status_code, "not valid" in answer.text) == (400, True)


def test_a_page_of_a_hospital_that_is_not_set_up_says_how_to_set_it_up(desk: Desk) -> None:
    answer = desk.world.http.get("/desk/nobody/departments")
    assert (answer.status_code, "Set it up first" in answer.text) == (404, True)
