"""Pages in answers: whose cursors are marked with their list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guahao.domain.cursors import marked


def list_name(route_path: str, path: Mapping[str, str]) -> str:
    """Return the name of the list that an address shows, by which its cursors are known."""
    return " ".join((route_path, *path.values()))


def with_marked_cursor(answer: Any, listed: str) -> Any:
    """Return the answer; if it is a page, its cursor says of which list."""
    place = getattr(answer, "next_cursor", None)
    return answer.model_copy(update={"next_cursor": marked(listed, place)}) if place else answer
