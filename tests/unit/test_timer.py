"""A timer's run tells its figures, and that it came to its end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from guahao.runtime.logging import get_logger
from guahao.runtime.timer import each_run


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Give the fields of what timers log."""
    monkeypatch.setenv("METRICS_NAMESPACE", "guahao")
    found: list[dict[str, Any]] = []
    handler, log = logging.Handler(), get_logger("timer")
    handler.emit = lambda record: found.append(record.fields)  # type: ignore[attr-defined,method-assign]
    log.addHandler(handler)
    yield found
    log.removeHandler(handler)


def test_a_run_tells_its_figures_and_that_it_ran_as_metrics(told: list[dict[str, Any]]) -> None:
    assert each_run("daily", lambda event: {"reminders": event["n"]})({"n": 3}, None) == {"reminders": 3}
    (fields,) = told
    assert (fields["reminders"], fields["runs"], fields["timer"]) == (3, 1, "daily")
    (metrics,) = fields["_aws"]["CloudWatchMetrics"]
    assert {metric["Name"] for metric in metrics["Metrics"]} == {"reminders", "runs"}


def test_a_run_that_fails_has_not_run(told: list[dict[str, Any]]) -> None:
    with pytest.raises(ZeroDivisionError):
        each_run("daily", lambda _: {"reminders": 1 // 0})({}, None)
    assert told == []
