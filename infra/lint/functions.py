"""Rules for the Lambda functions of a template: log groups and permissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

FUNCTION = "AWS::Serverless::Function"
LOG_GROUP = "AWS::Logs::LogGroup"
# Actions that cannot be limited to named resources, and why.
UNNAMED = {"sns:Publish": "an SMS goes to a phone number, which has no ARN"}


class LogGroupWithRetention(CloudFormationLintRule):  # type: ignore[misc]
    id = "E9001"
    shortdesc = "Every function has a log group with a retention time"
    description = (
        "Function X needs its log group as the resource XLogGroup, with RetentionInDays. The one that Lambda makes keeps everything."
    )
    tags = ("functions", "logs")

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [RuleMatch(["Resources", name], fault) for name in cfn.get_resources(FUNCTION) for fault in self._faults(cfn, name)]

    def _faults(self, cfn: Template, name: str) -> Iterator[str]:
        log = cfn.get_resources(LOG_GROUP).get(f"{name}LogGroup", {}).get("Properties", {})
        if log.get("LogGroupName") != {"Fn::Sub": f"/aws/lambda/${{{name}}}"}:
            yield f"{name} has no log group {name}LogGroup with LogGroupName /aws/lambda/${{{name}}}"
        elif not log.get("RetentionInDays"):
            yield f"{name}LogGroup keeps everything for ever: give it RetentionInDays"


class NamedPermissions(CloudFormationLintRule):  # type: ignore[misc]
    id = "E9002"
    shortdesc = "Every permission of a function is named"
    description = "Functions get inline statements with named actions on named resources; no wildcard, no managed policy, no shared role."
    tags = ("functions", "permissions")

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        for name, function in cfn.get_resources(FUNCTION).items():
            properties, place = function.get("Properties", {}), ["Resources", name, "Properties"]
            if "Role" in properties:
                found.append(RuleMatch([*place, "Role"], f"{name} has a role that is not its own: list its permissions under Policies"))
            for index, policy in enumerate(_listed(properties.get("Policies"))):
                found += [RuleMatch([*place, "Policies", index], f"{name}: {fault}") for fault in _faults_of(policy)]
        return found


def _faults_of(policy: Any) -> Iterator[str]:
    if not isinstance(policy, dict) or "Statement" not in policy:
        yield f"{policy} is a policy whose permissions are written elsewhere: write statements"
        return
    for statement in _listed(policy["Statement"]):
        actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
        if not actions or any("*" in str(action) for action in actions):
            yield "a statement names no action, or one with a wildcard"
        elif not set(actions) <= set(UNNAMED) and (not resources or any(str(resource).endswith("*") for resource in resources)):
            yield f"{', '.join(actions)} is allowed for more than named resources"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
