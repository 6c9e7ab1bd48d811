"""What auditors look at and decide on is in the audit log, which whoever runs the platform verifies."""

from __future__ import annotations

from uuid import uuid4

import httpx
from infra.seed.users import citizen

from tests.e2e.client import Visitor, administrator, make_administrator
from tests.e2e.conftest import Stack
from tests.photos import png
from tests.stacks import control

PHONE = "13977000200"


def submit_identity(visitor: Visitor) -> str:
    """Upload a photo, submit name and certificate with it, and return the user's id."""
    form = visitor.http.post("/api/me/identity/uploads", json={"contentType": "image/png", "size": len(png())}).json()
    posted = visitor.outside.post(form["url"], data=form["fields"], files={"file": ("photo.png", png())})
    assert posted.is_success
    told = {"name": "王小明", "certificateType": "idCard", "certificateNumber": citizen(PHONE)[0], "photoKey": form["photoKey"]}
    assert visitor.http.put("/api/me/identity", json=told).status_code == 200
    user_id: str = visitor.http.get("/api/me").json()["userId"]
    return user_id


def test_a_look_and_a_decision_are_in_the_log_and_the_log_is_whole(stack: Stack) -> None:
    visitor, auditor = Visitor(stack, PHONE, "none").log_in(), make_administrator(stack, "auditor").log_in()
    user_id = submit_identity(visitor)
    waiting = auditor.http.get("/api/admin/identities", params={"limit": "100"}).json()["items"]
    assert user_id in [identity["userId"] for identity in waiting]
    opened = auditor.http.get(f"/api/admin/identities/{user_id}").json()
    assert opened["certificateNumber"] == citizen(PHONE)[0]
    assert httpx.get(opened["photoUrl"], trust_env=False).content == png()
    body = {"approved": True, "submissionId": opened["submissionId"]}
    assert auditor.http.post(f"/api/admin/identities/{user_id}/decision", json=body).json()["state"] == "approved"
    assert visitor.http.get("/api/me").json()["identityState"] == "approved"

    entries = administrator(stack, "owner").http.get("/api/admin/audit-log", params={"actor": auditor.username}).json()["items"]
    assert [(entry["action"], entry["subject"]) for entry in entries] == [
        ("identity.approved", user_id),
        ("identity.viewed", user_id),
        ("administrator.loggedIn", auditor.username),
    ]


def test_the_log_of_a_running_stack_is_verified_by_a_command(stack: Stack) -> None:
    administrator(stack, "owner")
    verified = control("operate", stack.folder, "verify-audit-log")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    noted = verified.stdout.split()[-1]
    assert control("operate", stack.folder, "verify-audit-log", "--noted", noted).returncode == 0
    missing = control("operate", stack.folder, "verify-audit-log", "--noted", uuid4().hex)
    assert (missing.returncode, missing.stdout.splitlines()[-1]) == (1, "No entry has the noted hash: the log was rewritten.")
