"""The house's own cfn-lint rules: each passes a good template and names the fault of a bad one."""

from __future__ import annotations

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode_str
from cfnlint.rules import CloudFormationLintRule
from cfnlint.template import Template
from infra.functions import ROOT
from infra.lint.events import FailuresGoSomewhere, NamedAuthorizer, QueueHasDeadLetters
from infra.lint.functions import LogGroupWithRetention, NamedPermissions

PERMISSIONS = "Policies: [{Statement: [{Effect: Allow, Action: [dynamodb:GetItem], Resource: !GetAtt Table.Arn}]}]"
ROUTE = "Read: {Type: Api, Properties: {RestApiId: !Ref Api, Method: GET, Path: /, Auth: {Authorizer: NONE}}}"
AUTH = "DefaultAuthorizer: Token, Authorizers: {Token: {FunctionArn: !GetAtt Authorizer.Arn}}"
LOG = 'LogGroupName: !Sub "/aws/lambda/${Read}", RetentionInDays: 30'
ON_FAILURE = "DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt CallsDeadLetters.Arn}}"
RESPONSES = "FunctionResponseTypes: [ReportBatchItemFailures]"
MAPPING = f"Read: {{Type: SQS, Properties: {{Queue: !GetAtt CallsQueue.Arn, {RESPONSES}}}}}"
AGE = "MaximumRecordAgeInSeconds: 9"
STREAM = f"Read: {{Type: DynamoDB, Properties: {{Stream: !GetAtt Table.StreamArn, {RESPONSES}, {AGE}, {ON_FAILURE}}}}}"
TIMER = "Read: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour), DeadLetterConfig: {Type: SQS}}}"
REDRIVE = "RedrivePolicy: {deadLetterTargetArn: !GetAtt CallsDeadLetters.Arn, maxReceiveCount: 5}"
RETENTION = "MessageRetentionPeriod: 1209600"
TEMPLATE = """
Resources:
  Api: {{Type: AWS::Serverless::Api, Properties: {{StageName: v1, Auth: {{{auth}}}}}}}
  Read:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/read
      {permissions}
      Events:
        {event}
  ReadLogGroup: {{Type: AWS::Logs::LogGroup, Properties: {{{log}}}}}
  CallsQueue: {{Type: AWS::SQS::Queue, Properties: {{{redrive}}}}}
  CallsDeadLetters: {{Type: AWS::SQS::Queue, Properties: {{{retention}}}}}
"""


def faults(rule: CloudFormationLintRule, **changes: str) -> str:
    """Return what the rule says of the good template with these parts changed."""
    parts = {"permissions": PERMISSIONS, "auth": AUTH, "event": ROUTE, "log": LOG, "redrive": REDRIVE, "retention": RETENTION, **changes}
    decoded, unreadable = decode_str(TEMPLATE.format(**parts))
    assert not unreadable
    return "; ".join(found.message for found in rule.match(Template("template.yaml", decoded)))


def allowed(action: str, resource: str) -> str:
    return f"Policies: [{{Statement: [{{Effect: Allow, Action: {action}, {resource}}}]}}]"


@pytest.mark.parametrize("log", [LOG, LOG.replace("30", "!Ref Days")])
def test_a_function_with_its_log_group_passes(log: str) -> None:
    assert faults(LogGroupWithRetention(), log=log) == ""


@pytest.mark.parametrize(
    ("log", "fault"),
    [(LOG.replace("{Read}", "{Wrote}"), "has no log group ReadLogGroup"), (LOG.split(",")[0], "keeps everything for ever")],
)
def test_a_function_without_a_log_group_that_forgets_is_named(log: str, fault: str) -> None:
    assert fault in faults(LogGroupWithRetention(), log=log)


@pytest.mark.parametrize("permissions", [PERMISSIONS, allowed("sns:Publish", "NotResource: 'arn:aws:sns:*:*:*'"), "Timeout: 5"])
def test_named_permissions_pass(permissions: str) -> None:
    assert faults(NamedPermissions(), permissions=permissions) == ""


@pytest.mark.parametrize(
    ("permissions", "fault"),
    [
        ("Policies: [AmazonDynamoDBFullAccess]", "written elsewhere"),
        ("Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Table}}]", "written elsewhere"),
        ("Policies: AdministratorAccess", "written elsewhere"),
        (allowed("'*'", "Resource: !GetAtt Table.Arn"), "wildcard"),
        (allowed("[dynamodb:GetItem, 'dynamodb:Batch*']", "Resource: !GetAtt Table.Arn"), "wildcard"),
        ("Policies: [{Statement: {Effect: Allow, NotAction: [iam:PassRole], Resource: !GetAtt Table.Arn}}]", "names no action"),
        (allowed("dynamodb:GetItem", "Resource: '*'"), "more than named resources"),
        (allowed("dynamodb:GetItem", "Resource: 'arn:aws:dynamodb:*:*:table/*'"), "more than named resources"),
        (allowed("[sns:Publish, dynamodb:GetItem]", "NotResource: 'arn:aws:sns:*:*:*'"), "more than named resources"),
    ],
)
def test_a_permission_that_is_not_named_is_refused(permissions: str, fault: str) -> None:
    assert fault in faults(NamedPermissions(), permissions=permissions)


def test_a_borrowed_role_is_refused() -> None:
    assert "role that is not its own" in faults(NamedPermissions(), permissions="Role: !GetAtt Shared.Arn")


@pytest.mark.parametrize("event", [ROUTE, ROUTE.replace(", Auth: {Authorizer: NONE}", ""), ROUTE.replace("NONE", "Token"), MAPPING])
def test_a_route_that_is_open_by_word_only_passes(event: str) -> None:
    assert faults(NamedAuthorizer(), event=event) == ""


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"auth": AUTH.removeprefix("DefaultAuthorizer: Token, ")}, "no default authorizer"),
        ({"auth": AUTH.replace("Authorizer: Token", "Authorizer: NONE")}, "no default authorizer"),
        ({"event": ROUTE.replace("NONE", "Tokens")}, "none of Token"),
        ({"event": ROUTE.replace("RestApiId: !Ref Api, ", "")}, "set RestApiId"),
    ],
)
def test_a_route_that_is_open_by_accident_is_refused(changes: dict[str, str], fault: str) -> None:
    assert fault in faults(NamedAuthorizer(), **changes)


@pytest.mark.parametrize("event", [ROUTE, MAPPING, STREAM, TIMER])
def test_an_event_whose_failures_are_kept_passes(event: str) -> None:
    assert faults(FailuresGoSomewhere(), event=event) == ""


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        (MAPPING.replace(f", {RESPONSES}", ""), "repeats its whole batch"),
        (STREAM.replace(f", {RESPONSES}", ""), "repeats its whole batch"),
        (STREAM.replace(f", {ON_FAILURE}", ""), "is lost"),
        (STREAM.replace(f", {AGE}", ""), "stops its shard"),
        (TIMER.replace(", DeadLetterConfig: {Type: SQS}", ""), "is lost: add DeadLetterConfig"),
    ],
)
def test_an_event_whose_failures_are_lost_is_refused(event: str, fault: str) -> None:
    assert fault in faults(FailuresGoSomewhere(), event=event)


def test_a_queue_with_dead_letters_passes() -> None:
    assert faults(QueueHasDeadLetters()) == ""


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"redrive": RETENTION}, "CallsQueue does not redrive to CallsDeadLetters"),
        ({"redrive": REDRIVE.replace("CallsDeadLetters", "CallsQueue")}, "CallsQueue does not redrive to CallsDeadLetters"),
        ({"redrive": REDRIVE.replace(", maxReceiveCount: 5", "")}, "tries a message for ever"),
        ({"retention": "MessageRetentionPeriod: 345600"}, "less than 14 days"),
        ({"retention": f"{RETENTION}, {REDRIVE}"}, "redrives its dead letters"),
    ],
)
def test_a_queue_that_loses_messages_is_refused(changes: dict[str, str], fault: str) -> None:
    assert fault in faults(QueueHasDeadLetters(), **changes)


def test_cfn_lint_is_told_of_the_rules_and_the_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config = ConfigMixIn([])
    assert "infra/lint" in config.append_rules
    assert {"template.yaml", *(str(path.relative_to(ROOT)) for path in ROOT.glob("infra/*.yaml"))} == set(config.templates)
