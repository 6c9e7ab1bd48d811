"""A function's environment holds what its use cases read, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from infra import settings
from infra.simulators.wechat import keys

from tests.functions import SERVERS, limits
from tests.unit.test_template import FUNCTIONS, GLOBALS

SMS_ACCOUNT = {"accessKeyId": "x", "accessKeySecret": "x", "signNames": {}, "templateCodes": {}}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what each secret holds, under the name of its variable."""
    merchant = keys.ensure(Path(tmp_path_factory.mktemp("keys")))
    return {**SERVERS, "WECHAT_PAY_SECRET": json.dumps(merchant), "SMS_SECRET": json.dumps(SMS_ACCOUNT)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_the_variables_that_it_reads_and_no_more(
    function: str, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    given = FUNCTIONS[function][1].get("Environment", {}).get("Variables", {})
    assert settings.read_by(function, {name: name for name in secrets} | limits(), secrets) == set(given)


def test_no_variable_is_given_to_all_functions() -> None:
    assert "Environment" not in GLOBALS
