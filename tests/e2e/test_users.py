"""A user is found, locked and unlocked by an auditor, and another logs out, end to end."""

from __future__ import annotations

from tests.e2e.client import Visitor, administrator, eventually, set_stage
from tests.e2e.conftest import Stack

# For so long the gateway may keep what its authorizer has answered.
A_MINUTE = 65


def test_who_is_locked_or_logs_out_is_refused_within_a_minute_and_logs_in_anew(stack: Stack) -> None:
    stage = set_stage(stack, 1, 13977100000, 2)
    visitor, leaver = (Visitor(stack, person["phone"], person["patientId"]).log_in() for person in stage.people)
    auditor = administrator(stack, "auditor").http
    (found,) = auditor.get("/api/admin/users", params={"q": visitor.phone}).json()["items"]
    assert found["phone"] == "139****0000"
    user = f"/api/admin/users/{found['userId']}"

    def session_status(of: Visitor = visitor) -> int:
        return of.http.get("/api/orders").status_code

    assert (session_status(), session_status(leaver)) == (200, 200)
    assert leaver.http.delete("/api/sessions/current").status_code == 204
    assert auditor.post(f"{user}/lock", json={"reason": "账号被盗用"}).json()["locked"] is True
    assert auditor.post(f"{user}/lock", json={"reason": "账号被盗用"}).status_code == 409
    assert visitor.book(stage.schedule_id).status_code in (401, 403)
    eventually(lambda: session_status() == session_status(leaver) == 401, A_MINUTE)
    shown = auditor.get(user).json()
    assert (shown["user"]["lockReason"], len(shown["patients"]), len(shown["logins"])) == ("账号被盗用", 1, 1)
    same_name = auditor.get("/api/admin/users", params={"q": found["name"], "status": "locked", "limit": "100"}).json()["items"]
    assert found["userId"] in [other["userId"] for other in same_name]

    assert auditor.post(f"{user}/unlock", json={"reason": "已与本人核实"}).json()["locked"] is False
    assert session_status() == 401
    assert session_status(visitor.log_in()) == 200
    assert visitor.book(stage.schedule_id).status_code == 201
    mine = auditor.get("/api/admin/users", params={"q": found["name"], "status": "approved", "limit": "100"}).json()["items"]
    assert found["userId"] in [other["userId"] for other in mine]
