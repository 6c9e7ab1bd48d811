"""The template and the code are one: functions, routes, variables, exports and waiting times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from infra.cloudformation import read
from infra.functions import ROOT, apis, names

from guahao.runtime.api import Allow
from guahao.runtime.batch import pause_seconds

TEMPLATE: dict[str, Any] = read(ROOT / "template.yaml")
FOUNDATIONS: list[dict[str, Any]] = [read(ROOT / "infra" / name) for name in ("data.yaml", "queues.yaml")]
GLOBALS = TEMPLATE["Globals"]["Function"]
AUTH = TEMPLATE["Resources"]["Api"]["Properties"]["Auth"]
FUNCTIONS = {
    resource["Properties"]["CodeUri"].removeprefix("functions/"): (name, resource["Properties"])
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}
VISIBILITY_PER_TIMEOUT = 6


def events(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the function and the properties of every event of the kind."""
    for function, (_, properties) in FUNCTIONS.items():
        for event in properties.get("Events", {}).values():
            if event["Type"] == kind:
                yield function, event["Properties"]


def export_name(value: dict[str, Any]) -> str:
    """Return the name in an export or an import, with the prefix left open."""
    name: str = value["Fn::Sub"]
    return name


def imports(node: Any) -> Iterator[str]:
    """Yield the names that a part of the template imports."""
    if isinstance(node, dict):
        if "Fn::ImportValue" in node:
            yield export_name(node["Fn::ImportValue"])
        for value in node.values():
            yield from imports(value)
    elif isinstance(node, list):
        for value in node:
            yield from imports(value)


EXPORTS = {
    export_name(output["Export"]["Name"]): (stack, output["Value"])
    for stack in FOUNDATIONS
    for output in stack["Outputs"].values()
    if "Export" in output
}


def test_every_function_is_deployed_and_every_deployed_function_exists() -> None:
    assert sorted(FUNCTIONS) == names()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_named_after_its_folder(function: str) -> None:
    assert FUNCTIONS[function][0] == "".join(word.title() for word in function.split("_"))


def authorizer_of(allow: Allow) -> str:
    """Return who lets callers in: nobody, who keeps the answer for a minute, or (administrators) who asks for each request."""
    if not allow.roles:
        return "NONE"
    return "Token" if allow is Allow.USER else "AdministratorToken"


def test_routes_and_who_may_call_them_are_those_of_the_code() -> None:
    deployed = {
        (function, event["Method"].upper(), event["Path"], event.get("Auth", {}).get("Authorizer", AUTH["DefaultAuthorizer"]))
        for function, event in events("Api")
    }
    written = {(function, route.method, route.path, authorizer_of(route.allow)) for function, api in apis().items() for route in api.routes}
    assert deployed == written


def test_what_is_known_of_an_administrator_is_asked_for_each_request_and_of_a_user_each_minute() -> None:
    kept = {name: authorizer["Identity"]["ReauthorizeEvery"] for name, authorizer in AUTH["Authorizers"].items()}
    assert kept == {"Token": 60, "AdministratorToken": 0}


def test_wechat_pay_is_answered_within_its_five_seconds() -> None:
    assert FUNCTIONS["payment_notify"][1]["Timeout"] <= 5


@pytest.mark.parametrize("function", FUNCTIONS)
def test_who_may_list_a_bucket_may_list_one_part_of_it(function: str) -> None:
    for policy in FUNCTIONS[function][1].get("Policies", []):
        for statement in policy["Statement"]:
            if "s3:ListBucket" in statement["Action"]:
                assert statement["Action"] == ["s3:ListBucket"]
                assert statement["Condition"]["StringLike"]["s3:prefix"] in ("uploads/*", "photos/*")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_read_the_secrets_that_it_is_given_and_no_others(function: str) -> None:
    variables = FUNCTIONS[function][1].get("Environment", {}).get("Variables", {})
    statements = [statement for policy in FUNCTIONS[function][1].get("Policies", []) for statement in policy["Statement"]]
    readable = [statement["Resource"] for statement in statements if "secretsmanager:GetSecretValue" in statement["Action"]]
    given = [value for name, value in variables.items() if name.endswith("_SECRET")]
    assert sorted(map(export_of_secret, readable)) == sorted(map(export_of_secret, given))


def export_of_secret(value: dict[str, Any]) -> str:
    """Return the name of the one secret's export that the value imports as a whole."""
    name = export_name(value["Fn::ImportValue"])
    stack, exported = EXPORTS[name]
    assert stack["Resources"][exported["Fn::GetAtt"][0]]["Type"] == "AWS::SecretsManager::Secret"
    return name


def test_no_password_travels_through_a_parameter_or_a_variable() -> None:
    """The addresses of Redis and MongoDB hold passwords: they are in secrets alone, where no console shows them with a function."""
    assert [name for stack in (TEMPLATE, *FOUNDATIONS) for name, told in stack["Parameters"].items() if "NoEcho" in told] == []
    addresses = {name for _, of in FUNCTIONS.values() for name in of.get("Environment", {}).get("Variables", {}) if name.endswith("_URL")}
    assert addresses == {"PUBLIC_URL", "WECHAT_PAY_URL"}


def test_what_the_template_imports_is_exported() -> None:
    assert set(imports(TEMPLATE)) <= set(EXPORTS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_add_to_the_audit_log_and_never_change_or_remove(function: str) -> None:
    statements = [statement for policy in FUNCTIONS[function][1].get("Policies", []) for statement in policy["Statement"]]
    allowed = {action for of in statements if any("audit-log-table" in name for name in imports(of)) for action in of["Action"]}
    assert allowed <= {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}


@pytest.mark.parametrize(("function", "event"), [pytest.param(*found, id=found[0]) for found in events("ScheduleV2")])
def test_a_timer_that_fails_to_the_end_is_heard_of_and_stages_do_not_share_its_name(function: str, event: dict[str, Any]) -> None:
    """The scheduler only hands the event over: what the function makes of it, Lambda tries again and gives up."""
    given_up = FUNCTIONS[function][1]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]
    assert set(imports(given_up)) == set(imports(event["DeadLetterConfig"])) == {"${Prefix}-timers-dead-letters-arn"}
    assert event["OmitName"] is True


@pytest.mark.parametrize(("function", "event"), [pytest.param(*found, id=found[0]) for found in events("SQS")])
def test_a_message_stays_hidden_for_six_times_its_handlers_time(function: str, event: dict[str, Any]) -> None:
    stack, value = EXPORTS[next(imports(event["Queue"]))]
    queue = stack["Resources"][value["Fn::GetAtt"][0]]
    timeout = FUNCTIONS[function][1].get("Timeout", GLOBALS["Timeout"])
    assert queue["Properties"]["VisibilityTimeout"] >= VISIBILITY_PER_TIMEOUT * timeout


@pytest.mark.parametrize("queue", ["PartnerCallsQueue", "SettlementsQueue"])
def test_others_are_asked_again_for_a_day_before_a_message_is_given_up(queue: str) -> None:
    properties = FOUNDATIONS[1]["Resources"][queue]["Properties"]
    pauses = sum(pause_seconds(received) for received in range(1, properties["RedrivePolicy"]["maxReceiveCount"]))
    assert 24 * 3600 <= pauses < min(25 * 3600, properties["MessageRetentionPeriod"])
