"""What the local stack puts right of MiniStack so that functions' lines are found, and templates deployed as a whole."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from infra.local import amendments
from ministack.core import lambda_runtime


def test_each_line_that_a_function_prints_stands_behind_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Worker:
        func_name = f"guahao-OnSms-{tmp_path.name}"

        def invoke(self) -> dict[str, Any]:
            return {"log": '{"message": "record"}\n{"message": "more"}', "trace": "Traceback:\n  line 1"}

    monkeypatch.setattr(lambda_runtime, "Worker", Worker)
    caplog.set_level(logging.INFO, Worker.func_name)
    amendments.log_functions(tmp_path / "functions.log")
    Worker().invoke()
    logging.getLogger(Worker.func_name).handlers[0].close()
    printed = ['{"message": "record"}', '{"message": "more"}', "Traceback:", "  line 1"]
    assert (tmp_path / "functions.log").read_text().splitlines() == [f"{Worker.func_name} {line}" for line in printed]


def test_a_refused_token_leaves_the_authorizers_own_line_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Worker:
        func_name = f"guahao-Authorizer-{tmp_path.name}"

        def invoke(self) -> dict[str, Any]:
            return {"log": '{"message": "refused"}', "error": "Unauthorized", "trace": "Traceback:\n  line 1"}

    monkeypatch.setattr(lambda_runtime, "Worker", Worker)
    logging.getLogger(Worker.func_name).setLevel(logging.INFO)
    amendments.log_functions(tmp_path / "functions.log")
    Worker().invoke()
    logging.getLogger(Worker.func_name).handlers[0].close()
    assert (tmp_path / "functions.log").read_text().splitlines() == [f'{Worker.func_name} {{"message": "refused"}}']
