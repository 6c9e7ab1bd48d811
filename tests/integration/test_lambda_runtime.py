"""Every packed function under Amazon's own runtime client answers its sample events as in the local stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from infra.functions import names
from infra.local.deploy import Deployment, client
from infra.local.layout import Layout

from tests.functions import EVENTS, FUNCTIONS, sample_event, signed
from tests.runtime_api import client_folder, running, unpack
from tests.servers import CREDENTIALS
from tests.stacks import control


@dataclass(frozen=True)
class Stack:
    """A local stack, its packages unpacked, and the variables of its functions."""

    layout: Layout
    packages: dict[str, Path]
    client: Path
    variables: dict[str, dict[str, str]]
    physical: dict[str, str]

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Return what the function answers in the local stack."""
        told = client(self.layout, "lambda").invoke(FunctionName=self.physical[function], Payload=json.dumps(event).encode())
        return json.loads(told["Payload"].read())


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    started = control("up", folder, "--port", "0")
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        port = int(json.loads((folder / "stack.json").read_text())["api"].rsplit(":", 1)[1])
        layout = Layout(folder, port, {}, {})
        archives = {path.removeprefix("functions/"): archive for path, archive in Deployment(layout).packages().items()}
        packages = unpack(archives, tmp_path_factory.mktemp("packages"))
        physical, variables = deployed(layout)
        yield Stack(layout, packages, client_folder(tmp_path_factory.mktemp("client")), variables, physical)
    finally:
        assert control("down", folder).returncode == 0


def deployed(layout: Layout) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return the names under which the functions are deployed, and their variables."""
    of_resource = {"".join(word.title() for word in name.split("_")): name for name in names()}
    pages = client(layout, "cloudformation").get_paginator("list_stack_resources").paginate(StackName="guahao")
    resources = {r["LogicalResourceId"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]}
    physical = {name: resources[resource] for resource, name in of_resource.items()}
    functions = client(layout, "lambda")
    configured = {name: functions.get_function_configuration(FunctionName=of) for name, of in physical.items()}
    return physical, {name: of.get("Environment", {}).get("Variables", {}) for name, of in configured.items()}


def told(answer: Any) -> Any:
    """Return of an answer what both places must say alike: status and kind of problem, an error, or all that a queue or timer is told."""
    if isinstance(answer, dict) and "errorMessage" in answer:
        return answer["errorMessage"]
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return answer
    body = answer.get("body") or ""
    kind = json.loads(body).get("type") if body.startswith("{") else None
    return answer["statusCode"], kind


def event_of(function: str, case: str) -> dict[str, Any]:
    event = sample_event(function, case)
    return signed(event, datetime.now(UTC)) if function.startswith("partner_") and "without_signature" not in case else event


@pytest.mark.parametrize("function", sorted(FUNCTIONS_OF_EVENTS := {file.parent.name for file in EVENTS.glob("*/*.json")}))
def test_a_function_answers_under_the_runtime_client_as_in_the_local_stack(function: str, stack: Stack, tmp_path: Path) -> None:
    layers = [stack.packages["layers/core"], stack.packages["layers/deps"]]
    variables = {**CREDENTIALS, "AWS_ENDPOINT_URL": stack.layout.aws_url, **stack.variables[function]}
    with running(stack.packages[function], layers, stack.client, variables, tmp_path / "log") as there:
        for file in sorted((EVENTS / function).glob("*.json")):
            here = told(stack.invoke(function, event_of(function, file.stem)))
            answered = there.invoke(event_of(function, file.stem))
            # The gateway's authorizer refuses a token by an error of this name, and no other function may end with one.
            kind = "error" if function == "authorizer" and here == "Unauthorized" else "answer"
            assert answered.kind == kind, (file.stem, answered.body, there.lines()[-3:])
            # What an event has changed is changed for the second one.
            again = told(stack.invoke(function, event_of(function, file.stem)))
            assert told(answered.content) in (here, again), file.stem
        assert all(isinstance(json.loads(line), dict) for line in there.lines())


def test_every_function_of_the_template_has_sample_events() -> None:
    assert {"".join(word.title() for word in function.split("_")) for function in FUNCTIONS_OF_EVENTS} == set(FUNCTIONS)


def test_a_packed_function_runs_with_exactly_the_environment_that_sam_local_is_given(stack: Stack, tmp_path: Path) -> None:
    printed = control("sam-environment", stack.layout.folder)
    layers = [stack.packages["layers/core"], stack.packages["layers/deps"]]
    # As sam local: the template's variables, of which those that hold a reference are empty, and over them those of env.json.
    variables = dict.fromkeys(stack.variables["catalog"], "") | json.loads(printed.stdout)["Parameters"]
    with running(stack.packages["catalog"], layers, stack.client, variables, tmp_path / "log") as there:
        answered = there.invoke(event_of("catalog", "departments")).content
        assert answered["statusCode"] == 200, there.lines()
        assert "内科" in answered["body"]
