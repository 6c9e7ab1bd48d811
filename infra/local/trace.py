"""Everything in the functions' log that one request, one run of a timer or one order has caused, a readable line each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from infra.local.layout import Layout
from infra.local.problems import StackProblem

HOW = "Say whose: `make trace ID=…`, with the X-Correlation-Id of an answer, the correlation id of a timer's run, or an order's id."
# What a line shows in places of its own, or not at all.
SHOWN = {"time", "level", "logger", "message", "queue", "table", "timer", "outcome", "status", "milliseconds", "exception", "_aws"}
PRINTED = re.compile(r"(\S+) (\{.*\})")
ORDER = re.compile(r"/api/orders/([^/]+)(/.*)?")
GIVEN = re.compile(r".*-([A-Z]\w*)-[0-9A-Z]+")
NO_ID = {"", "-"}


@dataclass(frozen=True)
class Line:
    """What a function logged, and the function's name."""

    function: str
    fields: dict[str, Any]

    @cached_property
    def began(self) -> datetime:
        """When that began which the line tells the end of, so that a cause stands above what it caused."""
        return datetime.fromisoformat(self.fields["time"]) - timedelta(milliseconds=self.fields.get("milliseconds", 0))

    @cached_property
    def causes(self) -> set[str]:
        """The ids of the request or run that caused it, and of the request that made its order."""
        return {self.fields.get("correlationId", ""), self.origin} - NO_ID

    @property
    def origin(self) -> str:
        return str(self.fields.get("originId", ""))

    @cached_property
    def orders(self) -> set[str]:
        """The orders that it names: by their id, their address or their key."""
        keys = self.fields.get("keys", []) if plain(self.fields.get("table", "")) == "orders" else []
        address = ORDER.fullmatch(self.fields.get("location", ""))
        return {self.fields.get("orderId", ""), *keys, address[1] if address else ""} - NO_ID

    @property
    def made(self) -> set[str]:
        """The order that it tells the making of."""
        address = ORDER.fullmatch(self.fields.get("location", ""))
        return {address[1]} if address and not address[2] else set()

    def is_about(self, order: str, causes: set[str]) -> bool:
        """Tell whether it names the order, or has one of its causes and is about no other order."""
        if self.orders:
            return order in self.orders
        return bool(({self.origin} if self.origin else self.causes) & causes)


def show(layout: Layout, identifier: str) -> None:
    """Print what belongs to the id, or say in one sentence why there is nothing."""
    if not identifier:
        raise StackProblem(HOW)
    log = layout.functions_log
    if not log.exists():
        raise StackProblem(f"There is no {log}: start the stack with `make run` or `make up`; an AWS endpoint outside keeps its own logs.")
    with log.open(errors="replace") as printed:
        found = belonging(list(lines(printed)), identifier)
    if not found:
        raise StackProblem(f"Nothing in {log}, which begins with the stack's start, belongs to {identifier!r}: look at the id again.")
    print("\n".join(readable(found)))


def lines(printed: Iterable[str]) -> Iterator[Line]:
    """Yield what functions logged among what they printed."""
    for text in printed:
        found = PRINTED.fullmatch(text.strip())
        if found:
            try:
                fields = json.loads(found[2])
            except ValueError:
                continue
            if "correlationId" in fields:
                yield Line(folder(found[1]), fields)


def belonging(logged: Sequence[Line], identifier: str) -> list[Line]:
    """Return what belongs to the id of a request, a run or an order, and to the orders that such a request made, as it began."""
    own = [line for line in logged if identifier in line.causes]
    orders = {identifier}.union(*(line.made for line in own if line.fields["correlationId"] == identifier))
    causes = {order: set[str]().union(*(line.causes for line in logged if order in line.orders)) for order in orders}
    chosen = (line for line in logged if identifier in line.causes or any(line.is_about(order, causes[order]) for order in orders))
    return sorted(chosen, key=lambda line: line.began)


def readable(found: Sequence[Line]) -> list[str]:
    """Return each line as people read it: when it began, who, what, what came of it, how long it took, and all else it names."""
    rows = [(line.function, what(line), outcome(line)) for line in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join((moment(line), *(cell.ljust(width) for cell, width in zip(row, widths, strict=True)), took(line), *rest(line))).rstrip()
        for line, row in zip(found, rows, strict=True)
    ]


def moment(line: Line) -> str:
    return line.began.isoformat(sep=" ", timespec="milliseconds")


def what(line: Line) -> str:
    """Return the route, the queue, the table or the timer, or else what the line says."""
    for kind in ("queue", "table"):
        if kind in line.fields:
            return f"{kind} {plain(line.fields[kind])}"
    return f"timer {line.fields['timer']}" if "timer" in line.fields else str(line.fields["message"])


def outcome(line: Line) -> str:
    """Return what came of it, or else its level."""
    return str(line.fields.get("outcome") or line.fields.get("status") or line.fields["level"])


def took(line: Line) -> str:
    return f"{line.fields['milliseconds']:8.1f} ms" if "milliseconds" in line.fields else " " * 11


def rest(line: Line) -> Iterator[str]:
    """Yield what else the line names and is not nothing, and the last line of an exception."""
    for name, value in line.fields.items():
        if name not in SHOWN and value:
            yield f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}"
    if "exception" in line.fields:
        yield f"exception={line.fields['exception'].splitlines()[-1]}"


def folder(function: str) -> str:
    """Return the folder of a function by its name on AWS: on_sms, of guahao-OnSms-E8A2D7C2B4F88."""
    return hyphenated(function).replace("-", "_")


def plain(name: str) -> str:
    """Return what a queue or a table is called in the papers: partner-calls, of guahao-queues-PartnerCallsQueue-49849DBB1D723."""
    return re.sub("-(queue|table)$", "", hyphenated(name))


def hyphenated(name: str) -> str:
    """Return the part of a name that the template gives, without the stack before it and the chance behind it."""
    given = GIVEN.fullmatch(name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", given[1]).lower() if given else name
