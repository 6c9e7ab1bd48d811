"""The dictionary that the product begins with; once an administrator has imported another, that one stays."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from guahao.domain.catalog.catalog import Grade
from guahao.domain.dictionary.dictionary import FORMER, TOP, Entry, version_of
from guahao.usecases.dictionary.dictionary import DictionaryPublisher
from infra.seed.regions import former_regions, regions

_FILE = Path(__file__).parent.parent / "data" / "dictionary.json"
_REGIONS = "Province"
_WRITER = "seed"


def load_dictionary(publisher: DictionaryPublisher) -> str:
    """Publish the dictionary if it is not there already and return a line that says what was done."""
    current, rows = publisher.store.version(), list(dictionary_rows())
    if current and _WRITER not in current:
        return "dictionary: an imported one is there and stays"
    # A name of its own each time, so that what was published before can be so again.
    version = version_of((entry for entry, _ in rows), f"{_WRITER}{int(publisher.clock().timestamp())}")
    return f"dictionary: {len(rows)} entries, {'published' if publisher.publish(version, rows) else 'there already'}"


@cache
def grade_name(grade: Grade) -> str:
    """Return what the dictionary calls the grade."""
    return next(entry.name for entry, root in dictionary_rows() if (root, entry.value) == ("Hostype", str(int(grade))))


def dictionary_rows() -> Iterator[tuple[Entry, str]]:
    """Yield every entry with the code of the root above it, depth first and in the order of the files."""
    below: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for root in json.loads(_FILE.read_text("utf-8")):
        below[TOP].append({"id": root["id"], "name": root["name"], "code": root["code"]})
        below[root["id"]] += ({"id": entry_id, "value": value, "name": name} for entry_id, value, name in root["entries"])
    id_of = {root["code"]: root["id"] for root in below[TOP]}
    placed = [(code, name, parent or id_of[_REGIONS]) for code, name, parent in regions()]
    placed += [(code, name, id_of[FORMER[_REGIONS]]) for code, name in former_regions()]
    for code, name, parent in placed:
        below[int(parent)].append({"id": int(code), "value": code, "name": name})

    def rows(parent_id: int, root: str) -> Iterator[tuple[Entry, str]]:
        for position, told in enumerate(below.get(parent_id, ())):
            entry = Entry(**told, parent_id=parent_id, position=position, has_children=told["id"] in below)
            yield entry, root
            yield from rows(entry.id, entry.code or root)

    return rows(TOP, "")
