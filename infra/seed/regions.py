"""Names of regions by their six-digit codes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from guahao.domain.catalog.catalog import region_name

_DATA = Path(__file__).parent.parent / "data"


@cache
def regions() -> list[tuple[str, str, str]]:
    """Return code, name and code of the parent of every region; a province has no parent."""
    return [(code, name, parent) for code, name, parent in json.loads((_DATA / "regions.json").read_text("utf-8"))]


def former_regions() -> list[tuple[str, str]]:
    """Return code and name of every region that earlier lists had."""
    return [(code, name) for code, name in json.loads((_DATA / "former_regions.json").read_text("utf-8"))]


@cache
def _by_code() -> dict[str, tuple[str, str]]:
    return {code: (name, parent) for code, name, parent in regions()}


def codes_above(district_code: str) -> tuple[str, str]:
    """Return the codes of province and city of a district."""
    city_code = _by_code()[district_code][1]
    return _by_code()[city_code][1], city_code


def full_name(district_code: str) -> str:
    """Return the names of province, city and district in one."""
    return region_name(_by_code()[code][0] for code in (*codes_above(district_code), district_code))
