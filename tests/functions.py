"""The functions' sample events, one set for tests and for `sam local invoke`."""

from __future__ import annotations

import json
from typing import Any

from infra.functions import ROOT

EVENTS = ROOT / "events"


def sample_event(function: str, case: str) -> dict[str, Any]:
    """Return a fresh copy of events/<function>/<case>.json."""
    event: dict[str, Any] = json.loads((EVENTS / function / f"{case}.json").read_text())
    return event
