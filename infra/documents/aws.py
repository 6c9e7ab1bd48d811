"""The picture of what runs on AWS, from template.yaml, infra/data.yaml and infra/queues.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from infra.documents.markdown import code, mermaid, table
from infra.documents.stacks import DEAD_LETTERS, RESOURCES, TEMPLATE, Function, functions, imported, kind_of, referred, short_name

_SHANGHAI_HOURS = 8
_READS = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem", "s3:GetObject", "s3:ListBucket"}
_SERVERS = {"REDIS_SECRET": "Redis", "MONGODB_SECRET": "MongoDB"}


def picture() -> str:
    """Draw how work goes on without a caller: through streams, queues and timers, up to the dead letters."""
    return mermaid(["flowchart LR", *(f"    {line}" for line in dict.fromkeys(_lines(functions())))])


def _lines(everything: list[Function]) -> Iterator[str]:
    http = [function for function in everything if function.starts_by("Api")]
    streams = {imported(event["Stream"]) for function in everything for event in function.starts_by("DynamoDB")}
    yield f'api{{{{REST API}}}} --> http["{len(http)} functions for HTTP"]'
    for table_name in sorted({grant.resource for function in http for grant in function.grants if _writes(grant.actions)} & streams):
        yield f"http --> {_table(table_name)}"
    for function in everything:
        for event in function.starts_by("DynamoDB"):
            yield f"{_table(imported(event['Stream']))} -- stream --> {function.name}"
            yield f"{function.name} -.-> {_queue(imported(event['DestinationConfig']))}"
        times = ", ".join(_when(_schedule(event)) for event in function.starts_by("ScheduleV2"))
        for event in function.starts_by("ScheduleV2"):
            yield f'timer_{function.name}(["{times}"]) --> {function.name}'
            yield f"{function.name} -.-> {_queue(imported(event['DeadLetterConfig']))}"
        for event in function.starts_by("SQS"):
            queue = imported(event["Queue"])
            yield f"{_queue(queue)} --> {function.name}"
            yield f"{_queue(queue)} -.-> {_queue(_dead_letters(queue))}"
        for queue in _sent_to(function):
            yield f"{'http' if function in http else function.name} --> {_queue(queue)}"


def triggers() -> str:
    """List streams, queues and timers with what becomes of what fails."""
    everything = functions()
    streams = [
        (
            _named(imported(event["Stream"])),
            f"`{function.name}`",
            str(event["BatchSize"]),
            f"`{short_name(imported(event['DestinationConfig']))}`",
        )
        for function in everything
        for event in function.starts_by("DynamoDB")
    ]
    queues = [
        (
            f"`{short_name(queue := imported(event['Queue']))}`",
            f"`{function.name}`",
            code(sender.name for sender in everything if queue in _sent_to(sender)),
            str(RESOURCES[queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"]),
            f"{RESOURCES[queue]['Properties']['VisibilityTimeout']} s",
        )
        for function in everything
        for event in function.starts_by("SQS")
    ]
    timers = [
        (f"`{function.name}`", _when(_schedule(event)), f"`{_schedule(event)}`", function.description)
        for function in everything
        for event in function.starts_by("ScheduleV2")
    ]
    return "\n".join(
        (
            table(("stream of", "its handler", "records at once", "dead letters"), streams),
            table(("queue", "its handler", "filled by", "tries until it is a dead letter", "hidden while handled"), queues),
            table(("timer", "when (Shanghai)", "schedule (UTC)", "what it does"), timers),
        )
    )


def access() -> str:
    """List what each function may touch."""
    return table(("function", "started by", "reads", "reads and writes", "servers", "keys and secrets"), map(_access_of, functions()))


def parameters() -> str:
    """List what a deployment may set."""
    rows = [
        (
            f"`{name}`",
            f"`{told['Default']}`" if told.get("Default", "") != "" else "" if "Default" in told else "needed",
            told.get("Description", ""),
        )
        for name, told in TEMPLATE["Parameters"].items()
    ]
    return table(("parameter", "without it", "what it is"), rows)


def _access_of(function: Function) -> tuple[str, ...]:
    stores = [grant for grant in function.grants if kind_of(grant.resource) in ("table", "bucket")]
    written = {grant.resource for grant in stores if _writes(grant.actions)}
    return (
        f"`{function.name}`",
        ", ".join(sorted({_trigger_name(kind, event) for kind, event in function.triggers})) or "the API, before other functions",
        _some({grant.resource for grant in stores} - written),
        _some(written),
        ", ".join(server for variable, server in _SERVERS.items() if variable in function.variables),
        _some(grant.resource for grant in function.grants if kind_of(grant.resource) in ("key", "secret")),
    )


def _trigger_name(kind: str, event: dict[str, Any]) -> str:
    match kind:
        case "Api":
            return "HTTP"
        case "DynamoDB":
            return f"stream of {short_name(imported(event['Stream']))}"
        case "SQS":
            return f"queue {short_name(imported(event['Queue']))}"
        case _:
            return "timer"


def _some(resources: Iterable[str]) -> str:
    return ", ".join(sorted({_named(resource) for resource in resources}))


def _named(resource: str) -> str:
    """Return the name of the resource; of one that is no table with its kind."""
    kind = kind_of(resource)
    return short_name(resource) if kind == "table" else f"{short_name(resource)} ({kind})"


def _writes(actions: frozenset[str]) -> bool:
    return not actions <= _READS


def _sent_to(function: Function) -> list[str]:
    return [grant.resource for grant in function.grants if "sqs:SendMessage" in grant.actions]


def _dead_letters(queue: str) -> str:
    return referred(RESOURCES[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"])


def _table(resource: str) -> str:
    return f"table_{short_name(resource).replace('-', '_')}[({short_name(resource)})]"


def _queue(resource: str) -> str:
    name = short_name(resource)
    dead = resource.endswith(DEAD_LETTERS)
    node = f"{'dead' if dead else 'queue'}_{name.replace('-', '_')}"
    return f'{node}>"dead letters of {name}"]' if dead else f'{node}[["{name}"]]'


def _schedule(event: dict[str, Any]) -> str:
    """Return the schedule of a timer, of one that is a parameter what it is by default."""
    told = event["ScheduleExpression"]
    return str(TEMPLATE["Parameters"][told["Ref"]]["Default"] if isinstance(told, dict) else told)


def _when(schedule: str) -> str:
    """Return the times of a schedule in Shanghai, or its rate."""
    if found := re.fullmatch(r"rate\((.+)\)", schedule):
        return f"every {found[1]}"
    minute, hours, *_ = schedule.removeprefix("cron(").split()
    return ", ".join(f"{(int(hour) + _SHANGHAI_HOURS) % 24:02}:{int(minute):02}" for hour in hours.split(","))
