"""Timers: the figures of each run in the log as metrics. A run may come twice, and beside another: what it does must stand that."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from guahao.runtime import settings
from guahao.runtime.logging import correlation_id, get_logger

_log = get_logger("timer")
Handler = Callable[[dict[str, Any], Any], dict[str, int]]


def each_run(name: str, run: Callable[[dict[str, Any]], Mapping[str, int]]) -> Handler:
    """Make a handler that gives a timer's event to `run` and logs the figures it returns, which CloudWatch reads as metrics of `name`.

    Of a run that came to its end there is one more, `runs`, so that its absence is seen.

    What fails is raised, so that Lambda runs it twice more and then leaves a dead letter (EventInvokeConfig in template.yaml).
    """

    def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
        token = correlation_id.set(getattr(context, "aws_request_id", "-"))
        try:
            figures = dict(run(event))
            told = {**figures, "runs": 1}
            _log.info(name, extra={"fields": {**told, "timer": name, "_aws": _metrics(name, told)}})
            return figures
        finally:
            correlation_id.reset(token)

    return handler


def _metrics(name: str, figures: Mapping[str, int]) -> dict[str, Any]:
    """Return the head that makes a log line a set of metrics (CloudWatch's embedded metric format)."""
    metrics = [{"Name": figure, "Unit": "Count"} for figure in figures]
    directive = {"Namespace": settings.text("METRICS_NAMESPACE"), "Dimensions": [["timer"]], "Metrics": metrics}
    return {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
