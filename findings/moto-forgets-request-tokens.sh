#!/bin/sh
# A DynamoDB transaction sent twice under one ClientRequestToken is carried out twice by moto.
# Seen: moto 5.2.5, boto3 1.43.106
# DynamoDB promises that a repeat within ten minutes changes nothing. A test of what happens once, run on moto, therefore fails for right code that trusts
# the token, and passes for code that guards itself by a condition.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'moto[dynamodb]==5.2.5' boto3==1.43.106 botocore==1.43.106
cat > "$folder/try.py" <<'PYTHON'
import boto3
from moto import mock_aws

with mock_aws():
    dynamodb = boto3.client("dynamodb", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
    key = {"AttributeName": "id", "AttributeType": "S"}
    dynamodb.create_table(
        TableName="t", AttributeDefinitions=[key], KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST"
    )
    update = {"TableName": "t", "Key": {"id": {"S": "a"}}, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="the-same-token")
    print(dynamodb.get_item(TableName="t", Key={"id": {"S": "a"}})["Item"]["n"]["N"])
PYTHON
cat > "$folder/expected" <<'TEXT'
2
TEXT
"$folder/venv/bin/python" "$folder/try.py" | tee "$folder/seen"
if cmp -s "$folder/expected" "$folder/seen"; then echo "As noted."; else echo "It has changed:"; diff "$folder/expected" "$folder/seen"; exit 1; fi
