"""A small dictionary for tests, and the same with other names."""

from __future__ import annotations

from dataclasses import replace

from guahao.domain.dictionary.dictionary import TOP, Entry

GRADES = Entry(1, TOP, "医院等级", code="Hostype", has_children=True)
BEST, GOOD = Entry(101, 1, "三级甲等", "1"), Entry(9, 1, "一级", "5", position=1)
REGIONS = Entry(5, TOP, "行政区划", code="Province", position=1, has_children=True)
BEIJING = Entry(110000, 5, "北京市", "110000", has_children=True)
DISTRICT = Entry(110101, 110000, "东城区", "110101")
ROWS = [(GRADES, ""), (BEST, "Hostype"), (GOOD, "Hostype"), (REGIONS, ""), (BEIJING, "Province"), (DISTRICT, "Province")]
ENTRIES = [entry for entry, _ in ROWS]
RENAMED = [(replace(entry, name=f"新{entry.name}"), root) for entry, root in ROWS]
