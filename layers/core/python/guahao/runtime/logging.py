"""Log lines as JSON objects, each with the ids of what caused it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from guahao.runtime.correlation import trace


class JsonFormatter(logging.Formatter):
    """Format a record as one line of JSON; fields passed as `extra={"fields": {...}}` are added beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        ids = trace()
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "correlationId": ids["correlation_id"] or "-",
            **({"originId": ids["origin_id"]} if ids["origin_id"] else {}),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # Half a character, which no stream can write, is shown by its number.
        return json.dumps(line, ensure_ascii=False, default=str).encode(errors="backslashreplace").decode()


def get_logger(name: str) -> logging.Logger:
    """Return a logger that writes JSON lines to standard output, as Lambda expects."""
    house = logging.getLogger("guahao")
    if not any(isinstance(handler.formatter, JsonFormatter) for handler in house.handlers):
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(JsonFormatter())
        house.addHandler(handler)
        house.setLevel(logging.INFO)
        house.propagate = False
    return house.getChild(name)
