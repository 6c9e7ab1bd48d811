"""The dictionary as a spreadsheet through the gateway: exported as a whole, imported as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest

from guahao.adapters.xlsx.reader import read_sheet
from guahao.domain.dictionary.dictionary import COLUMNS
from tests.e2e.client import administrator, eventually
from tests.e2e.conftest import Stack
from tests.sheets import written

EXPORTS, IMPORTS = "/api/admin/exports", "/api/admin/dictionary/imports"
SPREADSHEET = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
Row = list[Any]


@pytest.fixture
def http(stack: Stack) -> httpx.Client:
    return administrator(stack, "operator").http


@pytest.fixture
def exported(http: httpx.Client) -> Iterator[bytes]:
    """Give the dictionary as it is exported, and put it back at the end."""
    content = export(http)
    yield content
    assert follow(http, http.post(IMPORTS, content=content, headers=SPREADSHEET))["state"] == "done"


def export(http: httpx.Client) -> bytes:
    job = follow(http, http.post(EXPORTS, json={"kind": "dictionary"}))
    assert (job["state"], job["done"]) == ("done", job["total"])
    file = httpx.get(job["downloadUrl"], trust_env=False)
    assert file.status_code == 200
    return file.content


def send(http: httpx.Client, rows: list[Row]) -> dict[str, Any]:
    return follow(http, http.post(IMPORTS, content=written(COLUMNS, rows), headers=SPREADSHEET))


def follow(http: httpx.Client, answer: httpx.Response, seconds: float = 120) -> dict[str, Any]:
    """Return the job that was taken on, when it has ended."""
    assert answer.status_code == 201, answer.text

    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = http.get(answer.headers["Location"]).json()
        return job if job["state"] in ("done", "failed") else None

    return eventually(look, seconds)


def rows_of(content: bytes) -> list[Row]:
    return [[row.cells.get(place, "") for place in range(len(COLUMNS))] for row in read_sheet(BytesIO(content)).rows]


def names(http: httpx.Client) -> list[str]:
    return [item["name"] for item in http.get("/api/dictionary/Hostype/children").json()["items"]]


def test_the_whole_real_dictionary_comes_back_without_changing_anything(http: httpx.Client, exported: bytes) -> None:
    header, *rows = rows_of(exported)
    assert header == list(COLUMNS)
    assert len(rows) > 3000
    assert {row[4] for row in rows if row[4]} == {"Hostype", "CertificatesType", "Education", "Nation", "Province", "FormerProvince"}
    job = follow(http, http.post(IMPORTS, content=exported, headers=SPREADSHEET))
    assert (job["state"], job["result"], job["total"], job["errors"]) == ("done", "unchanged", len(rows), [])
    assert rows_of(export(http)) == [header, *rows]


def test_a_change_in_the_sheet_is_seen_by_everybody_at_once(http: httpx.Client, exported: bytes) -> None:
    before = names(http)
    changed = [[*row[:2], "三级特等", *row[3:]] if row[2] == before[0] else row for row in rows_of(exported)[1:]]
    assert send(http, changed)["result"] == "imported"
    assert names(http) == ["三级特等", *before[1:]]


def test_one_fault_in_thousands_of_rows_changes_nothing(http: httpx.Client, exported: bytes) -> None:
    before = names(http)
    changed = [[*row[:2], "三级特等", *row[3:]] if row[2] == before[0] else row for row in rows_of(exported)[1:]]
    changed[-1] = [changed[-1][0], 7, *changed[-1][2:]]
    job = send(http, changed)
    assert (job["state"], job["errorCount"]) == ("failed", 1)
    assert [(error["row"], error["column"]) for error in job["errors"]] == [(len(changed) + 1, "上级id")]
    marked = list(read_sheet(BytesIO(httpx.get(job["downloadUrl"], trust_env=False).content)).rows)
    assert [row.number for row in marked if 5 in row.cells] == [1, len(changed) + 1]
    assert names(http) == before


def test_what_cannot_be_an_import_is_refused_before_it_is_kept(http: httpx.Client) -> None:
    sheet = written(COLUMNS, [[1, 0, "省"]])
    for content, headers in ((b"id,name", SPREADSHEET), (sheet[:100], SPREADSHEET), (sheet, {"Content-Type": "text/csv"})):
        refused = http.post(IMPORTS, content=content, headers=headers)
        assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    refused = http.post(IMPORTS, content=b"PK" * 2**21 + b"K", headers=SPREADSHEET)
    assert "up to 4194304 bytes" in refused.json()["detail"]


def test_who_asked_is_in_the_audit_log(stack: Stack, http: httpx.Client) -> None:
    asked = http.post(EXPORTS, json={"kind": "dictionary"})
    assert asked.status_code == 201
    actor = administrator(stack, "operator").username
    entries = administrator(stack, "owner").http.get("/api/admin/audit-log", params={"actor": actor, "limit": 1}).json()["items"]
    assert [(entry["action"], entry["subject"]) for entry in entries] == [("export.requested", f"dictionary/{asked.json()['jobId']}")]
