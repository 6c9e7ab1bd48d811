"""Cursors as callers see them: the place where a page ended, marked with the list that it is of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from guahao.domain.errors import wrong_cursor

LONGEST_CURSOR = 512
_MARK_LENGTH = 8


def list_name(route_path: str, path: Mapping[str, str]) -> str:
    """Return the name of the list that an address shows, by which its cursors are known."""
    return " ".join((route_path, *path.values()))


def marked(listed: str, place: str) -> str:
    """Return the cursor of the place in the list."""
    return f"{_mark(listed)}.{place}"


def place_in(listed: str, cursor: str) -> str:
    """Return the place that the cursor names, which need not be one, or raise Invalid if the cursor is of another list."""
    mark, dot, place = cursor.partition(".")
    if not dot or mark != _mark(listed) or len(cursor) > LONGEST_CURSOR:
        raise wrong_cursor()
    return place


def with_marked_cursor(answer: Any, listed: str) -> Any:
    """Return the answer; if it is a page, its cursor says of which list."""
    place = getattr(answer, "next_cursor", None)
    return answer.model_copy(update={"next_cursor": marked(listed, place)}) if place else answer


def _mark(listed: str) -> str:
    return hashlib.sha256(listed.encode()).hexdigest()[:_MARK_LENGTH]
