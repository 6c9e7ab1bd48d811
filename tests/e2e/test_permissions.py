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


def find_users(index: str, key: str) -> Call:
    asked = {"IndexName": index, "KeyConditionExpression": "#key = :x", "ExpressionAttributeNames": {"#key": key}}
    values = {":x": {"S": "x"}}
    return lambda clients, known: clients("dynamodb").query(TableName=known["ACCOUNTS_TABLE"], ExpressionAttributeValues=values, **asked)


def look_at_sessions(table: str) -> Call:
    keys = {"Keys": [{"owner": {"S": "x"}, "item": {"S": "login#x"}}]}
    return lambda clients, known: clients("dynamodb").batch_get_item(RequestItems={known[table]: keys})


def delete_login(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").delete_item(TableName=known["ACCOUNTS_TABLE"], Key={"owner": {"S": "x"}, "item": {"S": "login#x"}})


def delete_patient(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").delete_item(TableName=known["ACCOUNTS_TABLE"], Key={"owner": {"S": "x"}, "item": {"S": "patient#x"}})


def remove_entry(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").delete_item(TableName=known["AUDIT_LOG_TABLE"], Key={"day": {"S": "x"}, "sequence": {"N": "1"}})


def change_entry(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").update_item(TableName=known["AUDIT_LOG_TABLE"], Key={"day": {"S": "x"}, "sequence": {"N": "1"}})


def add_entry(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").put_item(TableName=known["AUDIT_LOG_TABLE"], Item={"day": {"S": "x"}, "sequence": {"N": "1"}})


def change_setting(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").put_item(TableName=known["HOSPITAL_SETTINGS_TABLE"], Item={"hospital_code": {"S": "x"}})


def free_number(clients: Clients, known: Variables) -> Any:
    return clients("dynamodb").update_item(TableName=known["NUMBERS_TABLE"], Key={"schedule_id": {"S": "x"}, "number": {"N": "1"}})


def change_dictionary(clients: Clients, known: Variables) -> Any:
    key = {"node": {"S": "current"}, "item": {"S": "version"}}
    return clients("dynamodb").update_item(TableName=known["DICTIONARY_TABLE"], Key=key)


def read_import(clients: Clients, known: Variables) -> Any:
    return clients("s3").get_object(Bucket=known["FILES_BUCKET"], Key="imports/x.xlsx")


def ask_for_import(clients: Clients, known: Variables) -> Any:
    return clients("sqs").send_message(QueueUrl=known["IMPORTS_QUEUE"], MessageBody="{}")


def send_sms_message(clients: Clients, known: Variables) -> Any:
    return clients("sqs").send_message(QueueUrl=known["SMS_QUEUE"], MessageBody="{}")


def read_photo(clients: Clients, known: Variables) -> Any:
    return clients("s3").get_object(Bucket=known["PHOTOS_BUCKET"], Key="photos/x")


def delete_photo(clients: Clients, known: Variables) -> Any:
    return clients("s3").delete_object(Bucket=known["PHOTOS_BUCKET"], Key="photos/x")


PERMITTED: dict[str, tuple[str, Call]] = {
    "the authorizer reads the secret of tokens": ("Authorizer", read_secret("TOKEN_SECRET")),
    "booking reads where Redis is": ("Booking", read_secret("REDIS_SECRET")),
    "the search reads where MongoDB is": ("Search", read_secret("MONGODB_SECRET")),
    "the authorizer looks at users' sessions": ("Authorizer", look_at_sessions("ACCOUNTS_TABLE")),
    "the authorizer looks at administrators' sessions": ("Authorizer", look_at_sessions("ADMINISTRATORS_TABLE")),
    "the service of login codes takes fingerprints": ("LoginCode", fingerprint),
    "booking reads orders": ("Booking", read_order),
    "the service of patients removes one": ("Patients", delete_patient),
    "the users function finds them by state": ("Users", find_users("by_status", "status")),
    "the users function finds them by name": ("Users", find_users("by_name", "initial")),
    "the identities' stream forgets a photo": ("OnIdentityChanged", delete_photo),
}
REFUSED: dict[str, tuple[str, Call]] = {
    "the authorizer reads the merchant's account": ("Authorizer", read_secret("WECHAT_PAY_SECRET")),
    "the authorizer reads where Redis is": ("Authorizer", read_secret("REDIS_SECRET")),
    "logging in reads where MongoDB is": ("Login", read_secret("MONGODB_SECRET")),
    "the search reads the merchant's account": ("Search", read_secret("WECHAT_PAY_SECRET")),
    "the authorizer forgets a login": ("Authorizer", delete_login),
    "logging in forgets a login": ("Login", delete_login),
    "logging in looks at administrators' sessions": ("Login", look_at_sessions("ADMINISTRATORS_TABLE")),
    "the service of login codes unseals a phone": ("LoginCode", unseal),
    "logging in unseals a phone": ("Login", unseal),
    "looking after administrators unseals an authenticator's secret": ("Administrators", unseal),
    "the catalogue reads orders": ("Catalog", read_order),
    "booking lists everybody's orders": ("Booking", list_everybodys_orders),
    "booking deletes an order": ("Booking", delete_order),
    "booking removes a patient": ("Booking", delete_patient),
    "the service of patients unseals a phone": ("Patients", unseal),
    "payment finds users by state": ("Payment", find_users("by_status", "status")),
    "payment unseals a phone": ("Payment", unseal),
    "the service of identities unseals what it has sealed": ("Identity", unseal),
    "the service of identities reads a submitted photo": ("Identity", read_photo),
    "the service of identities forgets a submitted photo": ("Identity", delete_photo),
    "the service of identities adds to the audit log": ("Identity", add_entry),
    "the identities' stream reads a photo": ("OnIdentityChanged", read_photo),
    "the audit forgets a photo": ("Audit", delete_photo),
    "the audit removes an entry of its log": ("Audit", remove_entry),
    "the audit changes an entry of its log": ("Audit", change_entry),
    "the users function unseals a phone": ("Users", unseal),
    "the users function forgets a login": ("Users", delete_login),
    "the users function removes an entry of the audit log": ("Users", remove_entry),
    "the service of patients looks for users": ("Patients", find_users("by_status", "status")),
    "the orders_admin function unseals a phone": ("OrdersAdmin", unseal),
    "the orders_admin function reads all of them": ("OrdersAdmin", list_everybodys_orders),
    "the orders_admin function deletes one": ("OrdersAdmin", delete_order),
    "who reads the audit log adds to it": ("AuditLog", add_entry),
    "looking after hospitals' settings unseals a key": ("HospitalSettings", unseal),
    "looking after hospitals' settings reads an order": ("HospitalSettings", read_order),
    "looking after hospitals' settings removes an entry of the audit log": ("HospitalSettings", remove_entry),
    "changing hospitals' keys unseals one": ("HospitalAccess", unseal),
    "putting hospitals online changes a setting": ("HospitalsAdmin", change_setting),
    "the gateway changes a setting": ("PartnerHospital", change_setting),
    "the schedules change a number": ("Schedules", free_number),
    "who publishes departments changes a number": ("PartnerDepartments", free_number),
    "who publishes schedules reads all orders": ("PartnerSchedules", list_everybodys_orders),
    "who hears of attendance deletes an order": ("PartnerHospital", delete_order),
    "the search changes a number": ("Search", free_number),
    "who reads the dictionary changes it": ("Dictionary", change_dictionary),
    "who exports the dictionary changes it": ("OnExportRequested", change_dictionary),
    "who takes exports on reads what others import": ("Exports", read_import),
    "who takes an import on has it done past the jobs' stream": ("DictionaryImports", ask_for_import),
    "booking sends an SMS past the orders' stream": ("Booking", send_sms_message),
    "who tells statistics reads an order": ("Statistics", read_order),
    "who counts orders deletes one": ("OnStatistics", delete_order),
    "who exports lists everybody's orders": ("OnExportRequested", list_everybodys_orders),
    "who exports unseals a phone": ("OnExportRequested", unseal),
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
