"""What auditors look at and decide on is in the audit log, which whoever runs the platform verifies."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
from infra.seed.users import citizen

from tests.e2e.client import Administrator, Visitor, administrator, eventually, make_administrator, set_stage
from tests.e2e.conftest import Stack
from tests.photos import png
from tests.stacks import control

PHONE = "13977000200"
REASON = "照片不清晰"


def submit_identity(visitor: Visitor) -> str:
    """Upload a photo, submit name and certificate with it, and return the user's id."""
    form = visitor.http.post("/api/me/identity/uploads", json={"contentType": "image/png", "size": len(png())}).json()
    posted = visitor.outside.post(form["url"], data=form["fields"], files={"file": ("photo.png", png())})
    assert posted.is_success
    told = {"name": "王小明", "certificateType": "idCard", "certificateNumber": citizen(PHONE)[0], "photoKey": form["photoKey"]}
    assert visitor.http.put("/api/me/identity", json=told).status_code == 200
    user_id: str = visitor.http.get("/api/me").json()["userId"]
    return user_id


def add_patient(visitor: Visitor) -> str:
    """Add the visitor as a patient of their own and return the patient's id."""
    number, sex, birth_date = citizen(PHONE)
    told = {"name": "王小明", "certificateType": "idCard", "certificateNumber": number, "sex": sex, "birthDate": f"{birth_date}"}
    added = visitor.http.post("/api/me/patients", json={**told, "phone": PHONE})
    assert added.status_code == 201, added.text
    patient_id: str = added.json()["patientId"]
    return patient_id


def look(auditor: Administrator, user_id: str) -> str:
    """Look at the whole identity and return the name of the submission, as the log calls it."""
    opened = auditor.http.get(f"/api/admin/identities/{user_id}").json()
    assert opened["certificateNumber"] == citizen(PHONE)[0]
    assert httpx.get(opened["photoUrl"], trust_env=False).content == png()
    return f"{user_id}/{opened['submissionId']}"


def decide(auditor: Administrator, submission: str, decision: dict[str, Any]) -> None:
    """Decide on what was looked at."""
    user_id, submission_id = submission.split("/")
    answer = auditor.http.post(f"/api/admin/identities/{user_id}/decision", json={**decision, "submissionId": submission_id})
    assert answer.json()["state"] == ("approved" if decision["approved"] else "rejected")


def test_a_user_books_once_approved_and_every_look_and_decision_is_in_the_log(stack: Stack) -> None:
    schedule_id = set_stage(stack, 1, 13977100201, 0).schedule_id
    visitor, auditor = Visitor(stack, PHONE, "none").log_in(), make_administrator(stack, "auditor").log_in()
    user_id, visitor.patient_id = submit_identity(visitor), add_patient(visitor)
    refused = visitor.book(schedule_id)
    assert (refused.status_code, refused.json()["rule"]) == (403, "identityVerified")

    waiting = auditor.http.get("/api/admin/identities", params={"limit": "100"}).json()["items"]
    assert user_id in [identity["userId"] for identity in waiting]
    first = look(auditor, user_id)
    decide(auditor, first, {"approved": False, "reason": REASON})
    assert eventually(lambda: [message for message in visitor.messages() if REASON in message])
    assert visitor.http.get("/api/me/identity").json()["state"] == "rejected"
    assert visitor.book(schedule_id).status_code == 403

    submit_identity(visitor)
    second = look(auditor, user_id)
    decide(auditor, second, {"approved": True})
    assert visitor.http.get("/api/me").json()["identityState"] == "approved"
    assert visitor.book(schedule_id).status_code == 201

    entries = administrator(stack, "owner").http.get("/api/admin/audit-log", params={"actor": auditor.username}).json()["items"]
    assert first != second
    assert [(sealed["action"], sealed["subject"]) for sealed in entries] == [
        ("identity.approved", second),
        ("identity.viewed", second),
        ("identity.rejected", first),
        ("identity.viewed", first),
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
