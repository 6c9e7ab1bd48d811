"""The functions' sample events, one set for tests and for `sam local invoke`."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from infra.cloudformation import read
from infra.functions import ROOT

from guahao.domain.hospitals.signing import sign

EVENTS = ROOT / "events"
TEMPLATE: dict[str, Any] = read(ROOT / "template.yaml")
FUNCTIONS = {name: of for name, of in TEMPLATE["Resources"].items() if of["Type"] == "AWS::Serverless::Function"}
# What the environment of any function has.
VARIABLES = {
    name: value for of in FUNCTIONS.values() for name, value in of["Properties"].get("Environment", {"Variables": {}})["Variables"].items()
}
# What the secrets of servers hold where no server is asked, under the names of their variables.
SERVERS = {"REDIS_SECRET": "redis://127.0.0.1:1", "MONGODB_SECRET": "mongodb://127.0.0.1:1/guahao?connect=false"}
# The hospital of the sample events signs with this key.
HOSPITAL_CODE, HOSPITAL_KEY = "10001", "s3cret-of-hospital-10001"


def limits() -> dict[str, str]:
    """Return the variables that hold a number, a choice, a network or a policy, as they are where nobody sets them otherwise."""
    parameters = {name: TEMPLATE["Parameters"].get(value.get("Ref"), {}) for name, value in VARIABLES.items()}
    chosen = {name: of["Default"] for name, of in parameters.items() if "Default" in of}
    return {
        name: str(default)
        for name, default in chosen.items()
        if isinstance(default, int)
        or parameters[name].keys() & {"AllowedValues", "AllowedPattern"}
        or str(default).startswith(("{", "127."))
    }


def sample_event(function: str, case: str) -> dict[str, Any]:
    """Return a fresh copy of events/<function>/<case>.json."""
    event: dict[str, Any] = json.loads((EVENTS / function / f"{case}.json").read_text())
    return event


def signed(event: dict[str, Any], now: datetime, *, code: str = HOSPITAL_CODE, key: str = HOSPITAL_KEY, nonce: str = "") -> dict[str, Any]:
    """Return the event as the hospital sends it now."""
    query = urlencode(sorted((event["queryStringParameters"] or {}).items()), quote_via=quote, safe="", errors="surrogatepass")
    target = f"{event['path']}?{query}" if query else event["path"]
    timestamp, nonce = str(int(now.timestamp())), nonce or uuid4().hex
    body = (event["body"] or "").encode(errors="surrogatepass")
    with suppress(ValueError):  # what cannot be decoded is refused before anybody looks at its signature
        body = b64decode(body, validate=True) if event["isBase64Encoded"] else body
    signature = sign(key, event["httpMethod"], target, timestamp, nonce, body)
    headers = {"X-Hospital-Code": code, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
    return {**event, "headers": {**(event["headers"] or {}), **headers}}


def forget_use_cases() -> None:
    """Have the functions build their use cases anew, from the environment as it is then."""
    for name, module in list(sys.modules.items()):
        if name.startswith("guahao.bootstrap"):
            for build in vars(module).values():
                if hasattr(build, "cache_clear"):
                    build.cache_clear()
