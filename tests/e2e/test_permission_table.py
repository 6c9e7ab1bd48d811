"""Every route opens to whom infra/permissions.md says and to nobody else, and what is a user's own is not there for another."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from infra.functions import apis
from infra.permissions import may_call

from guahao.runtime.api import Allow, Route
from tests.e2e.client import Visitor, make_administrator, set_stage
from tests.e2e.conftest import Stack
from tests.functions import sample_event

PHONES = 13977000000
# Who logs out is nobody afterwards, so these routes come last.
ROUTES = sorted((route for api in apis().values() for route in api.routes), key=lambda route: route.path.endswith("/sessions/current"))
OWN = [route for route in ROUTES if route.allow is Allow.USER and "{" in route.path]
# Whom the table calls what. A stranger has a token that is none.
CALLERS = {name: name for name in ("nobody", "user", "operator", "auditor", "owner")} | {"stranger": "nobody", "another user": "user"}
# Of nothing that is there: who may call is decided before.
PLACES = {name: "nothing-there" for route in ROUTES for name in re.findall(r"{(\w+)}", route.path)} | {"date": "2026-03-02"}


def browser(stack: Stack, caller: str) -> httpx.Client:
    """Return the browser of somebody whose session nobody else uses, or who has none."""
    if caller in ("operator", "auditor", "owner"):
        return make_administrator(stack, caller).log_in().http
    if caller in ("user", "another user"):
        person = set_stage(stack, 1, PHONES + list(CALLERS).index(caller), 1).people[0]
        return Visitor(stack, person["phone"], person["patientId"]).log_in().http
    http = Visitor(stack).http
    if caller == "stranger":
        http.headers["Authorization"] = "Bearer eyJhbGciOiJIUzI1NiJ9.e30.signature"
    return http


def ask(http: httpx.Client, route: Route, places: dict[str, str], body: Any = None) -> httpx.Response:
    """Call the route, with a body that says nothing unless one is given."""
    written = {"json": body or {}} if route.method in ("POST", "PUT") else {}
    return http.request(route.method, route.path.format(**places), headers={"Idempotency-Key": "of-the-table"}, **written)


def outcome(answer: httpx.Response) -> str:
    """Tell whether the route opened; a refusal for another reason than who is asking means that it did."""
    problem = answer.json() if answer.status_code >= 400 else {}
    if answer.status_code == 401:
        return problem["type"].removeprefix("urn:guahao:problem:")
    if answer.status_code == 403:
        return problem.get("rule", "forbidden")
    return "open" if answer.status_code < 500 else f"fault {answer.status_code}"


def expected(route: Route, caller: str) -> str:
    """Return the outcome that the table promises."""
    if may_call(route.allow, caller):
        return "open"
    if route.allow is Allow.PROVIDER:
        return "notification-refused"
    return "unauthenticated" if caller == "nobody" or route.allow is Allow.HOSPITAL else "role"


@pytest.mark.parametrize("caller", CALLERS)
def test_a_route_opens_to_whom_the_table_says(stack: Stack, caller: str) -> None:
    http = browser(stack, caller)
    wanted = {f"{route.method} {route.path}": expected(route, CALLERS[caller]) for route in ROUTES}
    found = {f"{route.method} {route.path}": outcome(ask(http, route, PLACES)) for route in ROUTES}
    assert found == wanted


def test_what_is_a_users_own_is_not_there_for_another(stack: Stack) -> None:
    stage = set_stage(stack, 2, PHONES + 100, 2)
    own, other = (Visitor(stack, person["phone"], person["patientId"]).log_in() for person in stage.people)
    places = {"orderId": own.book(stage.schedule_id).json()["orderId"], "patientId": own.patient_id}
    patient = own.http.get(f"/api/me/patients/{own.patient_id}").json()
    body = json.loads(sample_event("patients", "change")["body"])
    found = {f"{route.method} {route.path}": ask(other.http, route, places, body).status_code for route in OWN}
    assert found == dict.fromkeys(found, 404)
    assert other.book(stage.schedule_id, patient_id=own.patient_id).status_code == 404
    for address in ("/api/orders", "/api/me/patients"):
        listed = other.http.get(address)
        assert listed.status_code == 200
        assert not any(place in listed.text for place in places.values())
    assert own.http.get(f"/api/me/patients/{own.patient_id}").json() == patient
    assert {step["cause"] for step in own.order(places["orderId"])["timeline"]} <= {"booked", "holdExpired"}
