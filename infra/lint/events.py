"""Rules for queues and for the events that start a function."""

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
    shortdesc = "Every route has an authorizer or is declared open"
    description = "The REST API has a default authorizer; a route is open only if its Auth says NONE."
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
            yield "the route's API is not in this template: set RestApiId"
            return
        auth = api.get("Properties", {}).get("Auth", {})
        known = set(auth.get("Authorizers", {}))
        if auth.get("DefaultAuthorizer") not in known:
            yield "the route's API has no default authorizer, so a route without Auth is open to everyone"
        if event.get("Auth", {}).get("Authorizer", "NONE") not in {"NONE", *known}:
            yield f"the route's authorizer is none of {', '.join(sorted(known))}"


class FailuresGoSomewhere(CloudFormationLintRule):  # type: ignore[misc]
    id = "E9004"
    shortdesc = "What fails is kept"
    description = "Batches report single failures; streams and timers name a destination for what failed for good. For queues see E9005."
    tags = ("events", "queues")

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [RuleMatch(place, fault) for place, kind, properties in _events(cfn) for fault in self._faults(kind, properties)]

    def _faults(self, kind: str, event: dict[str, Any]) -> Iterator[str]:
        if kind in ("SQS", *STREAMS) and "ReportBatchItemFailures" not in event.get("FunctionResponseTypes", []):
            yield "one failed record repeats its whole batch: add FunctionResponseTypes [ReportBatchItemFailures]"
        if kind in STREAMS and not event.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"):
            yield "a record that has failed for good is lost: add DestinationConfig.OnFailure"
        # The age, not the number of attempts, which a short outage uses up.
        if kind in STREAMS and event.get("MaximumRecordAgeInSeconds", -1) < 0:
            yield "a record that always fails stops its shard for a day: add MaximumRecordAgeInSeconds"
        if kind in TIMERS and not event.get("DeadLetterConfig"):
            yield "a run that has failed for good is lost: add DeadLetterConfig"


class QueueHasDeadLetters(CloudFormationLintRule):  # type: ignore[misc]
    id = "E9005"
    shortdesc = "Every queue has a dead-letter queue"
    description = "Queue XQueue redrives to XDeadLetters, which keeps messages for 14 days and does not redrive."
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
                yield "redrives its dead letters"
            if queue.get("MessageRetentionPeriod") != 1209600:
                yield "keeps dead letters for less than 14 days"
            return
        letters = name.removesuffix("Queue") + DEAD_LETTERS
        if redrive.get("deadLetterTargetArn") != {"Fn::GetAtt": [letters, "Arn"]} or letters not in queues:
            yield f"does not redrive to {letters}"
        if not redrive.get("maxReceiveCount"):
            yield "tries a message for ever: add maxReceiveCount"


def _events(cfn: Template) -> Iterator[tuple[list[str], str, dict[str, Any]]]:
    """Yield place, type and properties of each event of the template's functions."""
    for name, function in cfn.get_resources(FUNCTION).items():
        for event, started in function.get("Properties", {}).get("Events", {}).items():
            yield ["Resources", name, "Properties", "Events", event], started.get("Type", ""), started.get("Properties", {})
