"""What everything that starts a function owes the house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

FUNCTION = "AWS::Serverless::Function"
QUEUE = "AWS::SQS::Queue"
STREAMS = ("DynamoDB", "Kinesis")
TIMERS = ("Schedule", "ScheduleV2")
DEAD_LETTERS = "DeadLetters"


class NamedAuthorizer(CloudFormationLintRule):  # type: ignore[misc]
    id = "E9003"
    shortdesc = "Every route is behind an authorizer or says that it is not"
    description = "The REST API has a default authorizer, so that a route is open only where Auth says NONE."
    tags = ("api",)

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(place, fault)
            for place, kind, properties in _events(cfn)
            if kind == "Api"
            for fault in self._faults(cfn.get_resources("AWS::Serverless::Api"), properties)
        ]

    def _faults(self, apis: dict[str, Any], event: dict[str, Any]) -> Iterator[str]:
        api = apis.get(event.get("RestApiId", {}).get("Ref", ""))
        if api is None:
            yield "the route is of an API that is not in this template: give RestApiId"
            return
        auth = api.get("Properties", {}).get("Auth", {})
        known = set(auth.get("Authorizers", {}))
        if auth.get("DefaultAuthorizer") not in known:
            yield "the route's API has no default authorizer, so that a forgotten Auth opens it to everyone"
        if event.get("Auth", {}).get("Authorizer", "NONE") not in {"NONE", *known}:
            yield f"the route's authorizer is none of {', '.join(sorted(known))}"


class FailuresGoSomewhere(CloudFormationLintRule):  # type: ignore[misc]
    id = "E9004"
    shortdesc = "What a handler cannot take is kept"
    description = "Batches report single failures; streams and timers name a destination for what failed to the end. Queues see E9005."
    tags = ("events", "queues")

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [RuleMatch(place, fault) for place, kind, properties in _events(cfn) for fault in self._faults(kind, properties)]

    def _faults(self, kind: str, event: dict[str, Any]) -> Iterator[str]:
        if kind in ("SQS", *STREAMS) and "ReportBatchItemFailures" not in event.get("FunctionResponseTypes", []):
            yield "one failed record brings back its whole batch: add FunctionResponseTypes [ReportBatchItemFailures]"
        if kind in STREAMS and not event.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"):
            yield "a record that fails to the end is lost: add DestinationConfig.OnFailure"
        # Age rather than attempts, which a short outage uses up.
        if kind in STREAMS and event.get("MaximumRecordAgeInSeconds", -1) < 0:
            yield "a record that always fails stops its shard for a day: add MaximumRecordAgeInSeconds"
        if kind in TIMERS and not event.get("DeadLetterConfig"):
            yield "a run that fails to the end is forgotten: add DeadLetterConfig"


class QueueHasDeadLetters(CloudFormationLintRule):  # type: ignore[misc]
    id = "E9005"
    shortdesc = "Every queue has a dead-letter queue"
    description = "Queue XQueue redrives to XDeadLetters, which keeps what it gets for 14 days and redrives nowhere."
    tags = ("queues",)

    def match(self, cfn: Template) -> list[RuleMatch]:
        queues = cfn.get_resources(QUEUE)
        return [
            RuleMatch(["Resources", name], f"{name} {fault}")
            for name, queue in queues.items()
            for fault in self._faults(name, queue.get("Properties", {}), set(queues))
        ]

    def _faults(self, name: str, queue: dict[str, Any], queues: set[str]) -> Iterator[str]:
        redrive = queue.get("RedrivePolicy", {})
        if name.endswith(DEAD_LETTERS):
            if redrive:
                yield "sends dead letters on"
            if queue.get("MessageRetentionPeriod") != 1209600:
                yield "keeps dead letters for less than 14 days"
            return
        letters = name.removesuffix("Queue") + DEAD_LETTERS
        if redrive.get("deadLetterTargetArn") != {"Fn::GetAtt": [letters, "Arn"]} or letters not in queues:
            yield f"does not redrive to {letters}"
        if not redrive.get("maxReceiveCount"):
            yield "never gives a message up: add maxReceiveCount"


def _events(cfn: Template) -> Iterator[tuple[list[str], str, dict[str, Any]]]:
    """Yield place, type and properties of everything that starts a function of the template."""
    for name, function in cfn.get_resources(FUNCTION).items():
        for event, started in function.get("Properties", {}).get("Events", {}).items():
            yield ["Resources", name, "Properties", "Events", event], started.get("Type", ""), started.get("Properties", {})
