"""A stranger knows a phone's number and does all that can be done with it; its owner logs in all the same."""

from __future__ import annotations

import re

import httpx

from tests.e2e.client import Visitor, eventually, set_stage
from tests.e2e.conftest import Stack
from tests.proofs import nonce_for

STRANGER = {"X-Forwarded-For": "198.51.100.77"}


def ask(http: httpx.Client, phone: str, headers: dict[str, str]) -> httpx.Response:
    """Ask for a code, and once more with the proof if a challenge is the answer."""
    answer = http.post("/api/login-codes", json={"phone": phone}, headers=headers)
    if answer.status_code == 429 and answer.json()["type"] == "urn:guahao:problem:challenge-needed":
        salt, bits = answer.json()["challenge"]["salt"], answer.json()["challenge"]["bits"]
        asked = {"phone": phone, "proof": {"salt": salt, "nonce": nonce_for(salt, bits)}}
        return http.post("/api/login-codes", json=asked, headers=headers)
    return answer


def guess(http: httpx.Client, phone: str, request_id: str) -> set[int]:
    """Guess wrong as often as a code may be guessed."""
    told = {"phone": phone, "requestId": request_id}
    codes = ("000000", "111111", "222222", "333333", "444444")
    return {http.post("/api/sessions", json=told | {"code": code}, headers=STRANGER).status_code for code in codes}


def test_a_stranger_keeps_nobody_from_logging_in(stack: Stack) -> None:
    person = set_stage(stack, 1, 13755500000, 1).people[0]
    owner = Visitor(stack, person["phone"], person["patientId"]).log_in()
    waiting = owner.http.post("/api/login-codes", json={"phone": owner.phone}).json()["requestId"]
    own_code = re.findall(r"\d{6}", owner.messages()[0])[0]

    stolen, stranger = [], Visitor(stack, owner.phone, "none").http
    while (answer := ask(stranger, owner.phone, STRANGER)).status_code == 202:
        stolen.append(answer.json()["requestId"])
    # Five an hour of the clock, two of them kept for the owner; the hour may have struck in between.
    assert 3 <= len(stolen) <= 7
    assert answer.json()["rule"] in ("loginCodesPerHour", "loginCodesPerDay")
    assert answer.json()["retryAt"]
    for request_id in [*stolen, "invented"]:
        assert guess(stranger, owner.phone, request_id) <= {401, 429}

    again = owner.http.post("/api/login-codes", json={"phone": owner.phone})
    assert (again.status_code, again.json()["type"]) == (429, "urn:guahao:problem:challenge-needed")
    seen = len(owner.messages())
    asked = ask(owner.http, owner.phone, {})
    assert asked.status_code == 202, asked.text
    eventually(lambda: len(owner.messages()) > seen)
    code = re.findall(r"\d{6}", owner.messages()[0])[0]
    for told in ({"code": own_code, "requestId": waiting}, {"code": code, "requestId": asked.json()["requestId"]}):
        session = owner.http.post("/api/sessions", json={"phone": owner.phone, **told})
        assert session.status_code == 201, session.text
