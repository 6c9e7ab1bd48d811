"""Timers: each run's figures are logged as metrics. A run may come twice, or at the same time as another, and must do no harm then."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from guahao.runtime import settings
from guahao.runtime.correlation import tracing
from guahao.runtime.logging import get_logger

_log = get_logger("timer")
Handler = Callable[[dict[str, Any], Any], dict[str, int]]


def each_run(name: str, run: Callable[[dict[str, Any]], Mapping[str, int]]) -> Handler:
    """Return a handler that gives a timer's event to `run` and logs the returned figures, which CloudWatch reads as metrics of `name`.

    A finished run has the figure `runs` too, so that missing runs are noticed.

    A failure is raised, so that Lambda tries twice more and then leaves a dead letter (EventInvokeConfig in template.yaml).
    """

    def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
        with tracing(getattr(context, "aws_request_id", "")):
            started, outcome, told = time.perf_counter(), "failed", {}
            try:
                figures = dict(run(event))
                outcome, told = "done", {**figures, "runs": 1}
                return figures
            except Exception:
                _log.exception("a run failed")
                raise
            finally:
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                fields = {**told, "timer": name, "outcome": outcome, "milliseconds": milliseconds}
                _log.info(name, extra={"fields": {**fields, "_aws": _metrics(told)} if told else fields})

    return handler


def _metrics(figures: Mapping[str, int]) -> dict[str, Any]:
    """Return the header that makes a log line a set of metrics (CloudWatch's embedded metric format)."""
    metrics = [{"Name": figure, "Unit": "Count"} for figure in figures]
    directive = {"Namespace": settings.text("METRICS_NAMESPACE"), "Dimensions": [["timer"]], "Metrics": metrics}
    return {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
