"""A function's environment holds what its use cases read, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from infra import settings
from infra.simulators.wechat import keys

from tests.functions import limits
from tests.unit.test_template import FUNCTIONS, GLOBALS

ADDRESSES = {"REDIS_URL": "redis://127.0.0.1:1", "MONGODB_URL": "mongodb://127.0.0.1:1/guahao?connect=false"}
SMS_ACCOUNT = {"accessKeyId": "x", "accessKeySecret": "x", "signNames": {}, "templateCodes": {}}


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return a secret that will do for every provider."""
    return keys.ensure(Path(tmp_path_factory.mktemp("keys"))) | SMS_ACCOUNT


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_the_variables_that_it_reads_and_no_more(
    function: str, secret: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    given = FUNCTIONS[function][1].get("Environment", {}).get("Variables", {})
    assert settings.read_by(function, ADDRESSES | limits(), secret) == set(given)


def test_no_variable_is_given_to_all_functions() -> None:
    assert "Environment" not in GLOBALS
