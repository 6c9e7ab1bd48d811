"""An import of as many rows as are promised, over HTTP, in a stack of its own: it would take the others long to save so much data."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import pytest
from infra.functions import ROOT

from guahao.usecases.dictionary.imports import MOST_ROWS
from tests.e2e.client import administrator
from tests.e2e.conftest import Stack
from tests.e2e.test_dictionary_jobs import IMPORTS, SPREADSHEET, follow
from tests.sheets import large_dictionary, saved_by_excel
from tests.stacks import control

REGIONS = ROOT / "infra" / "data" / "regions.json"


@pytest.mark.timeout(1800)
def test_as_many_rows_as_are_promised_are_imported_in_one_request(tmp_path: Path) -> None:
    content = saved_by_excel(large_dictionary([str(row[1]) for row in json.loads(REGIONS.read_text())]))
    try:
        started = control("up", tmp_path, "--port", "0")
        assert started.returncode == 0, started.stdout + started.stderr
        with ExitStack() as closing:
            stack = Stack(tmp_path, json.loads((tmp_path / "stack.json").read_text()), {}, closing)
            http = administrator(stack, "operator").http
            job = follow(http, http.post(IMPORTS, content=content, headers=SPREADSHEET), 1200)
            assert (job["state"], job["result"], job["total"], job["errors"]) == ("done", "imported", MOST_ROWS, [])
            assert http.get("/api/dictionary/Large/children").status_code == 200
    finally:
        control("down", tmp_path)
