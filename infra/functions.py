"""The functions of the house, for what looks at all of them: each is loaded as Lambda loads it, its folder alone in front of the path."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

from guahao.runtime.api import Api

ROOT = Path(__file__).parents[1]
FOLDERS = ROOT / "functions"


def names() -> list[str]:
    """Return the functions' names, sorted."""
    return sorted(app.parent.name for app in FOLDERS.glob("*/app.py"))


def load_handler(name: str) -> Any:
    """Return a function's handler; the modules of the function loaded before are forgotten, for all are named alike."""
    folder = str(FOLDERS / name)
    for module, loaded in list(sys.modules.items()):
        if (getattr(loaded, "__file__", None) or "").startswith(f"{FOLDERS}/"):
            del sys.modules[module]
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("app").handler
    finally:
        sys.path.remove(folder)


@cache
def apis() -> dict[str, Api]:
    """Return the functions that answer HTTP, by name, each loaded once."""
    handlers = {name: load_handler(name) for name in names()}
    return {name: handler for name, handler in handlers.items() if isinstance(handler, Api)}
