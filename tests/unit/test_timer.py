"""A timer's run tells its figures, and that it came to its end."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from guahao.runtime.logging import JsonFormatter, get_logger
from guahao.runtime.timer import each_run


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Give what timers log, as it is written."""
    monkeypatch.setenv("METRICS_NAMESPACE", "guahao")
    found: list[dict[str, Any]] = []
    handler, log = logging.Handler(), get_logger("timer")
    handler.setFormatter(JsonFormatter())
    handler.emit = lambda record: found.append(json.loads(handler.format(record)))  # type: ignore[method-assign]
    log.addHandler(handler)
    yield found
    log.removeHandler(handler)


def test_a_run_tells_its_figures_and_that_it_ran_as_metrics(told: list[dict[str, Any]]) -> None:
    assert each_run("daily", lambda event: {"reminders": event["n"]})({"n": 3}, None) == {"reminders": 3}
    (fields,) = told
    assert (fields["reminders"], fields["runs"], fields["timer"]) == (3, 1, "daily")
    (metrics,) = fields["_aws"]["CloudWatchMetrics"]
    assert {metric["Name"] for metric in metrics["Metrics"]} == {"reminders", "runs"}


def test_a_run_that_fails_has_not_run_and_its_id_finds_why(told: list[dict[str, Any]]) -> None:
    with pytest.raises(ZeroDivisionError):
        each_run("daily", lambda _: {"reminders": 1 // 0})({}, SimpleNamespace(aws_request_id="run-1"))
    why, fields = told
    assert "ZeroDivisionError" in why["exception"]
    assert {line["correlationId"] for line in told} == {"run-1"}
    assert (fields["timer"], fields["outcome"]) == ("daily", "failed")
    assert not fields.keys() & {"runs", "reminders", "_aws"}


def test_a_line_tells_its_time_to_the_millisecond(told: list[dict[str, Any]]) -> None:
    before = datetime.now(UTC)
    each_run("daily", lambda _: {})({}, None)
    written = told[0]["time"]
    assert written.endswith("+00:00")
    assert len(written.partition(".")[2].partition("+")[0]) == 3
    assert abs(datetime.fromisoformat(written) - before).total_seconds() < 10
