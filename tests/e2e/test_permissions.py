"""Functions may do what template.yaml permits them and no more. That it is enough, all other tests show: their stack enforces it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.e2e.conftest import Stack

Variables = dict[str, str]
Clients = Callable[[str], Any]
Call = Callable[[Clients, Variables], Any]


def read_secret(name: str) -> Call:
    return lambda clients, known: clients("secretsmanager").get_secret_value(SecretId=known[name])


def fingerprint(clients: Clients, known: Variables) -> Any:
    return clients("kms").generate_mac(KeyId=known["FINGERPRINT_KEY"], Message=b"x", MacAlgorithm="HMAC_SHA_256")


def unseal(clients: Clients, known: Variables) -> Any:
    return clients("kms").decrypt(KeyId=known["VAULT_KEY"], CiphertextBlob=b"x")


def read_order(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").get_item(TableName=known["ORDERS_TABLE"], Key={"order_id": {"S": "x"}})


def delete_order(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").delete_item(TableName=known["ORDERS_TABLE"], Key={"order_id": {"S": "x"}})


def list_everybodys_orders(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").scan(TableName=known["ORDERS_TABLE"])


def read_user(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").get_item(TableName=known["ACCOUNTS_TABLE"], Key={"owner": {"S": "x"}, "item": {"S": "user"}})


def free_number(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").update_item(TableName=known["NUMBERS_TABLE"], Key={"schedule_id": {"S": "x"}, "number": {"N": "1"}})


def send_sms_message(clients: Clients, known: Variables) -> Any:
    return clients("sqs").send_message(QueueUrl=known["SMS_QUEUE"], MessageBody="{}")


PERMITTED: dict[str, tuple[str, Call]] = {
    "the authorizer reads the secret of tokens": ("Authorizer", read_secret("TOKEN_SECRET")),
    "the desk of login codes takes fingerprints": ("LoginCode", fingerprint),
    "booking reads orders": ("Booking", read_order),
}
REFUSED: dict[str, tuple[str, Call]] = {
    "the authorizer reads the merchant's account": ("Authorizer", read_secret("WECHAT_PAY_SECRET")),
    "the desk of login codes unseals a phone": ("LoginCode", unseal),
    "logging in unseals a phone": ("Login", unseal),
    "the catalogue reads orders": ("Catalog", read_order),
    "booking lists everybody's orders": ("Booking", list_everybodys_orders),
    "booking deletes an order": ("Booking", delete_order),
    "payment reads users": ("Payment", read_user),
    "a settlement frees a number": ("OnSettlement", free_number),
    "the schedules change a number": ("Schedules", free_number),
    "booking sends an SMS past the orders' stream": ("Booking", send_sms_message),
}


def as_function(stack: Stack, name: str) -> Clients:
    """Return what makes clients with the role of the function that template.yaml calls so."""
    endpoint = stack.variables["AWS_ENDPOINT_URL"]
    account = boto3.Session(
        stack.variables["AWS_ACCESS_KEY_ID"], stack.variables["AWS_SECRET_ACCESS_KEY"], region_name=stack.variables["AWS_REGION"]
    )
    parts = account.client("cloudformation", endpoint_url=endpoint)
    role = parts.describe_stack_resource(StackName="guahao", LogicalResourceId=f"{name}Role")["StackResourceDetail"]["PhysicalResourceId"]
    arn = account.client("iam", endpoint_url=endpoint).get_role(RoleName=role)["Role"]["Arn"]
    given = account.client("sts", endpoint_url=endpoint).assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=account.region_name)
    return lambda service: session.client(service, endpoint_url=endpoint)


@pytest.mark.parametrize("case", PERMITTED)
def test_a_function_may_do_what_the_template_permits(stack: Stack, case: str) -> None:
    name, call = PERMITTED[case]
    call(as_function(stack, name), stack.variables)


@pytest.mark.parametrize("case", REFUSED)
def test_a_function_may_do_nothing_else(stack: Stack, case: str) -> None:
    name, call = REFUSED[case]
    with pytest.raises(ClientError, match="is not authorized to perform"):
        call(as_function(stack, name), stack.variables)
