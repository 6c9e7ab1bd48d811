"""Administrators end to end: an owner makes two, who log in, see what their role opens, and are out once logged out or locked."""

from __future__ import annotations

from stat import S_IMODE

from tests.e2e.client import administrator, make_administrator
from tests.e2e.conftest import Stack

REFUSED = "urn:guahao:problem:wrong-credentials"


def test_the_life_of_two_administrators(stack: Stack) -> None:
    owner = administrator(stack, "owner")
    assert owner.http.get("/api/admin/me").json() == {"username": owner.username, "role": "owner"}
    auditor, operator = (make_administrator(stack, role) for role in ("auditor", "operator"))
    for role, person in (("auditor", auditor), ("operator", operator)):
        assert person.http.get("/api/admin/me").status_code == 401
        person.log_in()
        assert person.http.get("/api/admin/me").json() == {"username": person.username, "role": role}
        assert person.http.get("/api/admin/administrators").status_code == 403
    listed = owner.http.get("/api/admin/administrators", params={"limit": 100}).json()["items"]
    assert {(auditor.username, "auditor"), (operator.username, "operator")} <= {(a["username"], a["role"]) for a in listed}

    assert auditor.http.delete("/api/admin/sessions/current").status_code == 204
    address = f"/api/admin/administrators/{operator.username}"
    assert owner.http.post(f"{address}/lock", json={"reason": "left"}).json()["locked"] is True
    refused = operator.try_to_log_in()
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:guahao:problem:account-locked")
    assert operator.try_to_log_in("not the password").json()["type"] == REFUSED
    assert [person.http.get("/api/admin/me").status_code for person in (auditor, operator)] == [401, 401]

    assert owner.http.post(f"{address}/unlock", json={"reason": "back"}).status_code == 200
    assert operator.http.get("/api/admin/me").status_code == 401
    for person in (auditor, operator):
        assert person.log_in().http.get("/api/admin/me").status_code == 200


def test_the_sixth_guess_is_told_to_wait(stack: Stack) -> None:
    person = make_administrator(stack, "auditor")
    for _ in range(5):
        body = {"username": person.username, "password": "not the password", "totp": "000000"}
        assert person.http.post("/api/admin/sessions", json=body).json()["type"] == REFUSED
    refused = person.try_to_log_in()
    assert (refused.status_code, refused.json()["rule"]) == (429, "loginAttempts")
    assert refused.json()["retryAt"]


def test_the_demo_owners_credentials_are_in_files_of_mode_0600_and_in_no_log(stack: Stack) -> None:
    owner = administrator(stack, "owner")
    demo = stack.addresses["accounts"]["owner"]
    for file in (stack.folder / "state" / "owner.json", stack.folder / "stack.json"):
        assert demo["password"] in file.read_text()
        assert S_IMODE(file.stat().st_mode) == 0o600
    logs = {file.name: file.read_text(errors="replace") for file in (stack.folder / "logs").iterdir()}
    assert owner.username in logs["seed.log"] + logs["launcher.log"]
    assert [name for name, text in logs.items() if demo["password"] in text or demo["totpSecret"] in text] == []
