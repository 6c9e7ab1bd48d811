"""The templates as what they describe: functions, what starts them, and what each may touch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from infra.cloudformation import read
from infra.functions import ROOT

TEMPLATE: dict[str, Any] = read(ROOT / "template.yaml")
DATA: dict[str, Any] = read(ROOT / "infra" / "data.yaml")
QUEUES: dict[str, Any] = read(ROOT / "infra" / "queues.yaml")
RESOURCES: dict[str, dict[str, Any]] = {**DATA["Resources"], **QUEUES["Resources"]}
DEAD_LETTERS = "DeadLetters"
_KINDS = {
    "AWS::DynamoDB::Table": ("Table", "table"),
    "AWS::SQS::Queue": ("Queue", "queue"),
    "AWS::S3::Bucket": ("Bucket", "bucket"),
    "AWS::KMS::Key": ("Key", "key"),
    "AWS::SecretsManager::Secret": ("Secret", "secret"),
}


class Trigger(NamedTuple):
    """What starts a function: the kind of event and its properties."""

    kind: str
    properties: dict[str, Any]


class Grant(NamedTuple):
    """What a function may do with a resource, or with what lies under a path of it."""

    resource: str
    path: str
    actions: frozenset[str]


@dataclass(frozen=True)
class Function:
    """A deployed function, by the name of its folder."""

    name: str
    description: str
    timeout: int
    triggers: tuple[Trigger, ...]
    grants: tuple[Grant, ...]
    variables: frozenset[str]

    def starts_by(self, kind: str) -> list[dict[str, Any]]:
        """Return the properties of its events of the kind."""
        return [trigger.properties for trigger in self.triggers if trigger.kind == kind]


def functions() -> list[Function]:
    """Return all functions, in the order of their names."""
    found = (resource["Properties"] for resource in TEMPLATE["Resources"].values() if resource["Type"] == "AWS::Serverless::Function")
    return sorted(map(_function, found), key=lambda function: function.name)


def _function(properties: dict[str, Any]) -> Function:
    statements = [statement for policy in properties.get("Policies", []) for statement in policy["Statement"]]
    return Function(
        name=properties["CodeUri"].removeprefix("functions/"),
        description=properties["Description"],
        timeout=properties.get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"]),
        triggers=tuple(Trigger(event["Type"], event["Properties"]) for event in properties.get("Events", {}).values()),
        grants=tuple(grant for statement in statements for grant in _grants(statement)),
        variables=frozenset(properties.get("Environment", {}).get("Variables", {})),
    )


def _grants(statement: dict[str, Any]) -> Iterator[Grant]:
    actions = frozenset(_listed(statement["Action"]))
    for resource in _listed(statement.get("Resource", [])):
        if _imports(resource):
            text = resource["Fn::Sub"][0] if isinstance(resource.get("Fn::Sub"), list) else ""
            yield Grant(imported(resource), text.partition("/")[2], actions)


def imported(node: Any) -> str:
    """Return the resource of data.yaml or queues.yaml that the one import in a part of the template stands for."""
    (name,) = _imports(node)
    return _EXPORTED[name]


def _imports(node: Any) -> set[str]:
    if isinstance(node, dict):
        here = {node["Fn::ImportValue"]["Fn::Sub"]} if "Fn::ImportValue" in node else set()
        return here.union(*(_imports(value) for value in node.values()))
    return set().union(*(_imports(value) for value in node)) if isinstance(node, list) else set()


def referred(value: dict[str, Any]) -> str:
    """Return the resource that a Ref or a GetAtt names."""
    name: str = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
    return name


_EXPORTED = {
    output["Export"]["Name"]["Fn::Sub"]: referred(output["Value"])
    for stack in (DATA, QUEUES)
    for output in stack["Outputs"].values()
    if "Export" in output
}


def kind_of(resource: str) -> str:
    """Return table, queue, bucket, key or secret."""
    return _KINDS[RESOURCES[resource]["Type"]][1]


def short_name(resource: str) -> str:
    """Return the resource's name as people say it: OrdersTable is orders, PartnerCallsQueue partner-calls."""
    stem = resource.removesuffix(_KINDS[RESOURCES[resource]["Type"]][0]).removesuffix(DEAD_LETTERS)
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in stem).removeprefix("-")


def of_kind(kind: str) -> list[str]:
    """Return the resources of a kind, in the order of their template."""
    return [name for name, resource in RESOURCES.items() if _KINDS.get(resource["Type"], ("", ""))[1] == kind]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
