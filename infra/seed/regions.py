"""Names of regions by their six-digit codes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "data" / "regions.json"
# What stands between a province and its districts where there is no city; it is no name.
_PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


@cache
def _rows() -> dict[str, tuple[str, str]]:
    return {code: (name, parent) for code, name, parent in json.loads(_FILE.read_text("utf-8"))}


def codes_above(district_code: str) -> tuple[str, str]:
    """Return the codes of province and city of a district."""
    city_code = _rows()[district_code][1]
    return _rows()[city_code][1], city_code


def full_name(district_code: str) -> str:
    """Return the names of province, city and district in one."""
    names = [_rows()[code][0] for code in (*codes_above(district_code), district_code)]
    return "".join(name for name in names if name not in _PLACEHOLDERS)
