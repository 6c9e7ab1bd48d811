"""Requests damaged at random: what no frontend sends and the internet does. The same generator damages alike, so a seed repeats a run."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from pydantic import BaseModel

from guahao.runtime.api import Route

Event = dict[str, Any]
Damage = Callable[[Random, Route, Event], None]

LONG = "长" * 70_000  # 200 KB
DEEP = 2_000
TEXTS = (
    *("", " ", "\t", "\r\n", "\x00", "a\x00b", "\x1b[2J", "\x7f", "\x85", "\ufeff", "\u200b", "\u202e号挂", "\ufffe", "\ud800", "\udfff"),
    *("😀" * 20, "👩‍👩‍👧‍👦", "é", "e\u0301", "１３８００００００００１", "٣", "ß", "İ", "A" * 129, "x" * 300, "0" * 5000),
    *("' OR '1'='1", "1; DROP TABLE a; --", "$ne", '{"$gt": ""}', "{{7*7}}", "${jndi:ldap://x}", "(a+)+$", "[", "*", "\\", "#", "%", "a#b"),
    *("../../etc/passwd", "%00", "%2e%2e", "a/b", "?", "&", "<script>", "null", "undefined", "true", "NaN", "Infinity", "None"),
    *("-1", "0", "+1", "1e309", "1e3", "0x10", "1.5", " 20", "101", "2147483648", "18446744073709551616", "9" * 400),
    *("2026-02-30", "9999-12-31", "0000-00-00", "0001-01-01", "2026-3-2", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00+99:99", "1e10"),
    *("AAAA", "====", "/w==", "gICA", "Iw==", "MjAyNi0wMy0wMlQwMTowMDowMCswMDowMCM=", "%%", "eyJ9", "_-_-"),
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(None, True, False, 0, -1, 1.5, -0.0, 2**31, 2**63, 2**64, 10**400, 1e308, float("nan"), float("inf"), float("-inf")),
    *([], {}, [[]], [None], {"": ""}, {"$gt": ""}, {"__class__": "User"}, {"toString": 1}, ["a"] * 1000, {str(n): n for n in range(1000)}),
)
BODIES = (
    *("", " ", "\ufeff{}", "{", "}", "{]", "[", "[]", "[{}]", "{}", "{}{}", "null", "true", "0", "-", '"', '"text"', "'{}'", "NaN"),
    *("-Infinity", "1e999", "{'a': 1}", '{"a": 1,}', '{"a": undefined}', '{"a": 01}', '{"a": NaN}', '{"a": "\\ud800"}', '{"a": "\\u0000"}'),
    *('{"a": "\x00"}', '{"a": "\\x"}', '{"\\ud800": 1}', "\x00", "\ud800", "%PDF-1.4", "<a/>", "a=1&b=2", "--x\r\n\r\n--x--"),
    *("[" * DEEP, '{"a":' * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, LONG, f'"{LONG}"', f'{{"{LONG}": 1}}'),
    *("9" * 10_000, f'{{"a": {"9" * 10_000}}}', json.dumps({f"f{n}": n for n in range(5_000)}), json.dumps([0] * 50_000)),
)
BYTES = (b"\xff\xfe", b"\xc3", b'{"a": "\xff"}', b"\x80" * 100, b"\x1f\x8b\x08\x00", b"\xed\xa0\x80", "{}".encode("utf-16"))
HEADERS = ("Content-Type", "Authorization", "Idempotency-Key", "X-Correlation-Id", "Accept", "User-Agent", "X-Forwarded-For")
# What a role, a name or a parameter may not be, so that nearly all is refused before any store is asked.
UNREADABLE = ("", "\x00", "a\x00b", "\r\n", "\x1b[2J", "\x7f", "\ud800", "x" * 300, LONG, "\udfff", "0" * 5000, "😀" * 500)


def damaged(random: Random, route: Route, samples: Sequence[str]) -> Event:
    """Return one of the route's sample events (JSON text) with one to three damages."""
    event: Event = json.loads(random.choice(samples))
    damages, weights = zip(*_damages(route).items(), strict=True)
    for damage in random.choices(damages, weights, k=random.choice((1, 2, 2, 3))):
        damage(random, route, event)
    return event


def _damages(route: Route) -> Mapping[Damage, int]:
    """Return what can be damaged in the route's requests, the more often the sooner it is seen that it is damaged."""
    possible: dict[Damage, int] = {_headers: 1, _stray: 1}
    if route.input:
        possible |= {_query: 20} if route.method in ("GET", "DELETE") else {_field: 16, _body: 8, _encoding: 4}
    if "{" in route.path:
        possible[_path] = 5 if route.input else 20
    if route.idempotent or route.idempotent_if_asked:
        possible[_key] = 3
    if route.allow.roles:
        possible[_principal] = 1 if len(possible) > 2 else 6
    return possible


def _field(random: Random, _: Route, event: Event) -> None:
    """Put something odd at any depth of the body, take something away, add something or say it twice."""
    try:
        body = json.loads(event["body"])
    except (TypeError, ValueError, RecursionError):  # it is damaged already
        return
    holder, key = _somewhere(random, body)
    if holder is None:
        return
    match random.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[random.choice(("extra", "", "__proto__", "$where", f"{key}\x00", "\ud800", key.upper()))] = random.choice(VALUES)
        case 2:
            holder[key] = {"$ne": holder[key]}
        case 3:
            holder[key] = [holder[key]]
        case 4:
            holder[key] = random.choice((LONG, holder.copy(), f"{holder[key]}{random.choice(TEXTS)}"))
        case _:
            holder[key] = random.choice(VALUES)
    event["body"] = json.dumps(body, ensure_ascii=random.random() < 0.5)


def _somewhere(random: Random, node: Any) -> tuple[Any, Any]:
    """Return an object or array inside the node and a key of it, nothing if there is none."""
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict | list) and len(node) < 100:
            for key in node if isinstance(node, dict) else range(len(node)):
                places.append((node, key))
                walk(node[key])

    walk(node)
    return random.choice(places) if places else (None, None)


def _body(random: Random, _: Route, event: Event) -> None:
    """Send something that is no such JSON, or a broken piece of the right one."""
    text = event["body"] or "{}"
    at = random.randrange(len(text) + 1)
    whole = text.rstrip().removesuffix("}")
    broken = (text[:at], text[:at] + random.choice(TEXTS) + text[at:], f"{text}{text}", f"[{text}]", f'{whole}, "a": {"[" * DEEP}')
    twice = re.sub(r'("\w+"): *("[^"]*")', r"\1: \2, \1: [\2]", text, count=1)
    event["body"] = random.choice((random.choice(BODIES), random.choice(BODIES), random.choice(broken), twice))


def _encoding(random: Random, _: Route, event: Event) -> None:
    """Lie about how the body is encoded, or encode what is no text."""
    event["isBase64Encoded"] = True
    event["body"] = random.choice(
        (event["body"], random.choice(TEXTS), "a", "!!!!", "=", "é", b64encode(random.choice(BYTES)).decode(), None)
    )


def _query(random: Random, route: Route, event: Event) -> None:
    """Ask with odd values, with fields that are none, or with nothing."""
    query = dict(event["queryStringParameters"] or {})
    for _ in range(random.choice((1, 1, 2, 20))):
        known = random.random() < 0.9
        name = random.choice(_fields(route.input) if known else ("", "extra", "$where", "limit[]", "q\x00", "\ud800", LONG))
        query[name] = random.choice((random.choice(TEXTS), random.choice(TEXTS), random.choice(UNREADABLE)))
    _ask(event, query)


def _fields(model: type[BaseModel] | None) -> list[str]:
    """Return the model's fields as they are called on the wire."""
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _ask(event: Event, query: Mapping[str, str]) -> None:
    event["queryStringParameters"] = dict(query)
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}


def _path(random: Random, _: Route, event: Event) -> None:
    """Name a thing as nothing is named."""
    parameters = event["pathParameters"]
    plausible = random.random() < 0.08
    parameters[random.choice(list(parameters))] = random.choice(TEXTS if plausible else UNREADABLE)


def _key(random: Random, _: Route, event: Event) -> None:
    """Send no usable Idempotency-Key."""
    _set_header(event, "Idempotency-Key", random.choice((None, *UNREADABLE)))


def _headers(random: Random, _: Route, event: Event) -> None:
    """Send odd headers, or none."""
    if random.random() < 0.1:
        event["headers"] = event["multiValueHeaders"] = random.choice(({}, None))
        return
    _set_header(event, random.choice(HEADERS), random.choice((None, *TEXTS)))


def _set_header(event: Event, name: str, value: str | None) -> None:
    headers = {key: old for key, old in (event["headers"] or {}).items() if key != name} | ({} if value is None else {name: value})
    event["headers"], event["multiValueHeaders"] = headers, {key: [old] for key, old in headers.items()}


def _stray(random: Random, _: Route, event: Event) -> None:
    """Send a body or a question where none is expected, or leave the expected body away."""
    if event["httpMethod"] in ("GET", "DELETE"):
        event["body"] = random.choice(BODIES)
    elif random.random() < 0.5:
        event["body"] = random.choice((None, "", LONG))
    else:
        _ask(event, {random.choice(TEXTS): random.choice(TEXTS)})


def _principal(random: Random, _: Route, event: Event) -> None:
    """Come without a session, or with one of a role that there is not."""
    context = event["requestContext"]
    if random.random() < 0.5:
        context.pop("authorizer", None)
    else:
        context["authorizer"] = {**context.get("authorizer", {}), random.choice(("role", "principalId")): random.choice((None, "", "root"))}
        context["authorizer"]["role"] = random.choice((None, *UNREADABLE))
