"""Deploy the three stacks by boto3, as `sam deploy` would, leaving out what has not changed."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.cloudformation import read
from infra.local.layout import CREDENTIALS, REPOSITORY, Layout
from infra.local.pack import CONTAINER, HERE, pack
from infra.local.problems import StackProblem

BUCKET = "guahao-packages"
STACK_TAKES_AT_MOST_SECONDS = 120
COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
FAILED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
CONTENT = "Content"
# The emulators have no X-Ray: nothing is traced here.
LEFT_OUT = {"AWS::XRay::SamplingRule"}
PACKAGED = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


@dataclass(frozen=True)
class Stack:
    name: str
    template: str


DATA = Stack("guahao-data", "infra/data.yaml")
QUEUES = Stack("guahao-queues", "infra/queues.yaml")
PRODUCT = Stack("guahao", "template.yaml")

Tell = Callable[[str], None]


def client(layout: Layout, service: str) -> Any:
    """Return a client of the stack's AWS endpoint."""
    try:
        return boto3.client(
            service,
            endpoint_url=layout.aws_url,
            region_name=CREDENTIALS["AWS_REGION"],
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"}, proxies={}),
        )
    except ValueError as fault:
        raise StackProblem(f"AWS_ENDPOINT_URL is {layout.aws_url!r}: set it to an address like http://127.0.0.1:4566.") from fault


class Deployment:
    """Brings the deployed stacks to what the repository says."""

    def __init__(self, layout: Layout, root: Path = REPOSITORY) -> None:
        self._layout = layout
        self._root = root
        self._target = CONTAINER if "AWS_ENDPOINT_URL" in layout.external else HERE

    def packages(self) -> dict[str, Path]:
        """Pack everything that the product's template names, by the name it uses."""
        folders = {properties[key] for key, properties in packaged(self._template(PRODUCT))}
        with ThreadPoolExecutor(2) as pool:
            packing = {folder: pool.submit(pack, Path(folder), self._layout.build, self._target, self._root) for folder in folders}
        return {folder: work.result() for folder, work in packing.items()}

    def parameters_in_use(self) -> dict[str, str]:
        """Return what the product's stack was deployed with."""
        return {p["ParameterKey"]: p["ParameterValue"] for p in self._describe(PRODUCT).get("Parameters", [])}

    def run(self, packages: Mapping[str, Path], tell: Tell) -> bool:
        """Create or update the stacks; tell whether anything changed."""
        product = self._template(PRODUCT)
        for key, properties in packaged(product):
            properties[key] = f"s3://{BUCKET}/{packages[properties[key]].name}"
        data = {"HttpsOnly": "false"}  # this machine's addresses are http://127.0.0.1
        work = [(DATA, self._template(DATA), data), (QUEUES, self._template(QUEUES), {}), (PRODUCT, product, self._parameters(product))]
        changed = [(stack, template, given) for stack, template, given in work if not self._stands(stack, fingerprint(template, given))]
        if not changed:
            return False
        try:
            self._upload(packages, tell)
            for stack, template, given in changed:
                self._apply(stack, template, given, tell)
        except (BotoCoreError, ClientError) as failure:
            raise StackProblem(f"Deploying stopped ({failure}): see {self._layout.logs / 'aws.log'} and run it again.") from failure
        return True

    def _template(self, stack: Stack) -> dict[str, Any]:
        path = self._root / stack.template
        if not path.exists():
            raise StackProblem(f"{stack.template} is missing: run this from a complete clone of the repository.")
        template: dict[str, Any] = read(path)
        kept = {name: resource for name, resource in template["Resources"].items() if resource.get("Type") not in LEFT_OUT}
        return {**template, "Resources": kept}

    def _parameters(self, template: Mapping[str, Any]) -> dict[str, str]:
        layout = self._layout
        declared = template.get("Parameters", {})
        given = {
            **{name: str(parameter["Default"]) for name, parameter in declared.items() if "Default" in parameter},
            "WechatPayUrl": layout.payment_url,
            "PublicUrl": layout.address,
            "HospitalAddresses": "any",  # the hospital simulator's
            # Here everybody comes from one address, and whoever tries the product out is no stranger.
            **dict.fromkeys(("LoginCodesPerAddressHour", "ChallengeAfterPhoneDay", "ChallengeAfterAddressHour"), "100000"),
            **layout.parameters,
        }
        unknown = given.keys() - declared.keys()
        if unknown:
            raise StackProblem(f"template.yaml has no parameter {', '.join(sorted(unknown))}: correct --parameter or the template.")
        return given

    def _stands(self, stack: Stack, wanted: str) -> bool:
        deployed = self._describe(stack)
        outputs = {output["OutputKey"]: output["OutputValue"] for output in deployed.get("Outputs", [])}
        return deployed["StackStatus"] in COMPLETE and outputs.get(CONTENT) == wanted

    def _describe(self, stack: Stack) -> dict[str, Any]:
        nothing = {"StackStatus": "NONE"}
        try:
            found: list[dict[str, Any]] = client(self._layout, "cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
        except ClientError:
            return nothing
        except BotoCoreError as failure:
            url = self._layout.aws_url
            raise StackProblem(f"AWS does not answer at {url} ({failure}): start it there, or correct AWS_ENDPOINT_URL.") from failure
        return found[0] if found else nothing

    def _status(self, stack: Stack) -> str:
        return str(self._describe(stack)["StackStatus"])

    def _upload(self, packages: Mapping[str, Path], tell: Tell) -> None:
        store = client(self._layout, "s3")
        store.create_bucket(Bucket=BUCKET)
        present = {entry["Key"] for entry in store.list_objects_v2(Bucket=BUCKET).get("Contents", [])}
        new = [archive for archive in packages.values() if archive.name not in present]
        for archive in new:
            store.put_object(Bucket=BUCKET, Key=archive.name, Body=archive.read_bytes())
        tell(f"{len(new)} of {len(packages)} packages changed")

    def _apply(self, stack: Stack, template: Mapping[str, Any], given: Mapping[str, str], tell: Tell) -> None:
        stacks = client(self._layout, "cloudformation")
        status = self._status(stack)
        if status in FAILED:
            stacks.delete_stack(StackName=stack.name)
            status = self._settle(stack, FAILED)  # the deletion may not have begun yet
        # The stack itself remembers what it was made from, so the memory cannot differ from what is there.
        marked = {**template, "Outputs": {**template.get("Outputs", {}), CONTENT: {"Value": fingerprint(template, given)}}}
        # By the store of packages, because a request takes no template longer than 51,200 bytes.
        key = f"{stack.name}.json"
        client(self._layout, "s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(marked, default=str).encode())
        act = stacks.create_stack if status in ("NONE", "DELETE_COMPLETE") else stacks.update_stack
        try:
            act(
                StackName=stack.name,
                TemplateURL=f"{self._layout.aws_url}/{BUCKET}/{key}",
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            )
        except ClientError as refusal:
            if "No updates are to be performed" in str(refusal):
                return
            raise StackProblem(f"CloudFormation refused {stack.template}: {refusal.response['Error']['Message']}") from refusal
        tell(f"stack {stack.name}")
        status = self._settle(stack)
        if status not in COMPLETE:
            raise StackProblem(f"The stack {stack.name} ended as {status} ({reason_of_failure(stacks, stack)}): correct {stack.template}.")

    def _settle(self, stack: Stack, before: Sequence[str] = ()) -> str:
        """Wait until the stack has ended what it does, which it has not begun in one of the states `before`, and return its state."""
        deadline = time.monotonic() + STACK_TAKES_AT_MOST_SECONDS
        while (status := self._status(stack)).endswith("IN_PROGRESS") or status in before:
            if time.monotonic() > deadline:
                raise StackProblem(f"The stack {stack.name} took over {STACK_TAKES_AT_MOST_SECONDS} s: see aws.log and run it again.")
            time.sleep(0.05)
        return status


def packaged(template: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each property that names a folder to be packed, with the properties that hold it."""
    for resource in template["Resources"].values():
        key = PACKAGED.get(resource["Type"])
        if key:
            properties = resource["Properties"]
            properties[key] = properties[key].rstrip("/").removeprefix("./")
            yield key, properties


def fingerprint(template: Mapping[str, Any], given: Mapping[str, str]) -> str:
    """Name a template with its parameters by its content."""
    content = json.dumps([template, given], sort_keys=True, default=str)
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def reason_of_failure(stacks: Any, stack: Stack) -> str:
    """Return the first reason that CloudFormation gives."""
    events = stacks.describe_stack_events(StackName=stack.name)["StackEvents"]
    reasons = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}" for e in events if e["ResourceStatus"].endswith("_FAILED")]
    return reasons[-1] if reasons else "no reason given"


def environment_of_functions(layout: Layout) -> dict[str, str]:
    """Return all variables of all deployed functions: what a command needs to act as the product does."""
    functions = client(layout, "lambda").get_paginator("list_functions").paginate()
    merged: dict[str, str] = {}
    for page in functions:
        for function in page["Functions"]:
            merged.update(function.get("Environment", {}).get("Variables", {}))
    return merged
