"""A stand-in for the platform's gateway: it believes signatures and nothing else, and keeps what it is given in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from guahao.domain.errors import Unauthenticated
from guahao.domain.hospitals.signing import verify
from tests.simulators import Reply, server_of_methods

MOST_ITEMS = 500
_ROOT = "/api/gateway/"
_KEY_FIELDS = {"departments": "departmentCode", "schedules": "hospitalScheduleId"}


@dataclass
class StandInPlatform:
    """What hospitals told it, by hospital, and each call as (method, path) with the status that it got."""

    keys: dict[str, str]
    hospitals: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[tuple[str, str], dict[str, dict[str, Any]]] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    down: bool = False
    busy: set[str] = field(default_factory=set)
    page: int = 2

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serve it and give its address."""
        with server_of_methods(self._reply) as url:
            yield url

    def list_of(self, code: str, kind: str) -> dict[str, dict[str, Any]]:
        return self.lists.setdefault((code, kind), {})

    def _reply(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        given = {name.lower(): value for name, value in headers.items()}
        code = given.get("x-hospital-code", "")
        status, content = self._admitted(method, target, given, body) or self._handle(method, target, code, json.loads(body or b"{}"))
        self.calls.append((method, target, status))
        return status, {"Content-Type": "application/json"}, b"" if content is None else json.dumps(content).encode()

    def _admitted(self, method: str, target: str, given: Mapping[str, str], body: bytes) -> tuple[int, Any] | None:
        if self.down:
            return 503, {"detail": "The platform is down for the moment."}
        parts = urlsplit(target)
        # As the product does it: the query is put together again, sorted by name.
        pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
        signed = f"{parts.path}?{query}" if query else parts.path
        nonce, timestamp, signature = given.get("x-nonce", ""), given.get("x-timestamp", ""), given.get("x-signature", "")
        try:
            verify(self.keys[given.get("x-hospital-code", "")], signature, method, signed, timestamp, nonce, body, datetime.now(UTC))
        except (Unauthenticated, KeyError) as error:
            return 401, {"detail": str(error)}
        if nonce in self.nonces:
            return 401, {"detail": "The nonce was used before."}
        self.nonces.add(nonce)
        return None

    def _handle(self, method: str, target: str, code: str, content: dict[str, Any]) -> tuple[int, Any]:
        parts = urlsplit(target)
        names = [unquote(part) for part in parts.path.removeprefix(_ROOT).split("/")]
        match method, names:
            case "PUT", ["hospital"]:
                return self._put_hospital(code, content)
            case "GET", ["hospital"]:
                found = self.hospitals.get(code)
                return (200, found | {"online": False, "gradeName": "三级甲等"}) if found else (404, {"detail": "No such hospital."})
            case "PUT", [kind]:
                return self._put_batch(code, kind, content["items"])
            case "GET", [kind]:
                return 200, self._page(code, kind, dict(parse_qsl(parts.query)))
            case "DELETE", [kind, key]:
                if key in self.busy:
                    return 409, {"detail": f"{key} has orders; suspend it."}
                return (204, None) if self.list_of(code, kind).pop(key, None) else (404, {"detail": "No such thing."})
            case "POST", ["schedules", key, "suspension"]:
                self.list_of(code, "schedules")[key]["state"] = "suspended"
                return 202, None
            case "POST", ["orders", order_id, "attendance"]:
                if self.orders.get(order_id) != "paid":
                    return 409, {"detail": "The order is not paid.", "errors": [{"field": "orderId", "reason": "not paid"}]}
                self.orders[order_id] = "checkedIn"
                return 200, {"orderId": order_id, "state": "checkedIn"}
            case "POST", ["schedules", _, "no-shows"]:
                self.orders |= dict.fromkeys(content["orderIds"], "noShow")
                return 200, {"items": [{"orderId": order_id, "state": "noShow"} for order_id in content["orderIds"]]}
        raise AssertionError(f"no such route: {method} {target}")

    def _put_hospital(self, code: str, content: dict[str, Any]) -> tuple[int, Any]:
        if content["name"] == "bad":
            return 400, {"detail": "Some fields are not as they should be.", "errors": [{"field": "name", "reason": "is bad"}]}
        before, self.hospitals[code] = self.hospitals.get(code), content
        return 200, {"key": code, "result": _result(before, content), "errors": []}

    def _put_batch(self, code: str, kind: str, items: list[dict[str, Any]]) -> tuple[int, Any]:
        assert len(items) <= MOST_ITEMS
        return 200, {"items": [self._put(self.list_of(code, kind), item, item[_KEY_FIELDS[kind]]) for item in items]}

    def _put(self, there: dict[str, dict[str, Any]], item: dict[str, Any], key: str) -> dict[str, Any]:
        if "bad" in (item.get("name"), item.get("title")):
            return {"key": key, "result": "rejected", "errors": [{"field": "name", "reason": "<b>is bad</b>"}]}
        before, there[key] = there.get(key), item
        return {"key": key, "result": _result(before, item), "errors": []}

    def _page(self, code: str, kind: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Return a page; its cursor has characters that must be encoded."""
        keys = sorted(self.list_of(code, kind))
        start = int(query["cursor"].removeprefix("a/b+c=~ ")) if "cursor" in query else 0
        shown = [self.list_of(code, kind)[key] | {"free": 1} for key in keys[start : start + self.page]]
        more = start + self.page < len(keys)
        return {"items": shown, "nextCursor": f"a/b+c=~ {start + self.page}" if more else None}


def _result(before: dict[str, Any] | None, after: dict[str, Any]) -> str:
    if before is None:
        return "created"
    return "unchanged" if before == after else "updated"
