"""No log line, no stored item and no queue message tells a phone or a certificate number.

A family's numbers, which nobody else has, are told to the product in every way that it takes them, and in ways that it refuses. Then
all that the stack keeps is searched for them: as they are, cut up by spaces or dashes, and in base64.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import httpx
import pytest
from pymongo import MongoClient
from redis import Redis

from guahao.domain.people.certificates import check_digit
from tests.e2e.client import Visitor, administrator, eventually, set_stage
from tests.e2e.conftest import HOLD_SECONDS, Stack
from tests.photos import png


def citizen(first_17_digits: str) -> str:
    return first_17_digits + check_digit(first_17_digits)


USER_PHONE, CHILD_PHONE, CONTACT_PHONE, MISTYPED_PHONE = "19973582641", "16658203947", "17750392846", "12973582641"
USER_CARD, CHILD_CARD, CONTACT_CARD = citizen("11010119830517437"), citizen("31010120160923581"), citizen("44030419790211642")
MISTYPED_CARD = CHILD_CARD[:9] + "7" + CHILD_CARD[10:]
PLANTED = (USER_PHONE, CHILD_PHONE, CONTACT_PHONE, MISTYPED_PHONE, USER_CARD, CHILD_CARD, CONTACT_CARD, MISTYPED_CARD)

CHILD = {
    "name": "王小苗",
    "certificateType": "idCard",
    "certificateNumber": CHILD_CARD,
    "sex": "male",
    "birthDate": "2016-09-23",
    "phone": CHILD_PHONE,
    "contact": {"name": "王大树", "phone": CONTACT_PHONE, "certificateType": "idCard", "certificateNumber": CONTACT_CARD},
}
QUEUES = {"PARTNER_CALLS_QUEUE", "HOLD_EXPIRY_QUEUE", "SMS_QUEUE", "SETTLEMENTS_QUEUE"}


def forms(number: str) -> list[bytes]:
    """Return patterns that find the number plain, with spaces or dashes anywhere, and inside base64 at each of its three offsets."""
    spaced = "[ -]?".join(number).encode()
    shifted = (b64encode(b"\0" * offset + number.encode() + b"\0\0") for offset in range(3))
    # Signs that hold bits of what stands around the number are left away.
    return [spaced, *(text[-(-offset * 4 // 3) : (offset + len(number)) * 4 // 3] for offset, text in enumerate(shifted))]


SEARCH = re.compile(b"|".join(form for number in PLANTED for form in forms(number)))


def leaks(named: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return the names of what holds a planted number, each with the little that stands around it."""
    hits = ((name, content, hit) for name, content in named for hit in SEARCH.finditer(content))
    return [f"{name}: {content[max(0, hit.start() - 80) : hit.end() + 20]!r}" for name, content, hit in hits]


@dataclass
class Queues:
    """The stack's queues. While they are held no function takes a message from them."""

    stack: Stack
    seen: list[tuple[str, bytes]] = field(default_factory=list)
    _taken: list[tuple[str, str]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        known = self.stack.variables
        names = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY", "region_name": "AWS_REGION"}
        return boto3.client(service, endpoint_url=known["AWS_ENDPOINT_URL"], **{name: known[key] for name, key in names.items()})

    def switch(self, on: bool) -> None:
        """Let functions take messages, or let none."""
        functions = self.client("lambda")
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            if ":sqs:" in mapping["EventSourceArn"]:
                functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)

    def read(self) -> set[str]:
        """Look at all messages that are there, and return which queues have had some."""
        sqs = self.client("sqs")
        for url in sqs.list_queues()["QueueUrls"]:
            while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=600).get("Messages"):
                self.seen += [(url, json.dumps(message).encode()) for message in got]
                self._taken += [(url, message["ReceiptHandle"]) for message in got]
        return {url for url, _ in self.seen}

    def are_empty(self) -> bool:
        """Tell whether all that was due is done."""
        sqs, names = self.client("sqs"), ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        urls = [self.stack.variables[name] for name in QUEUES]
        counts = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"] for url in urls]
        return all(count[name] == "0" for count in counts for name in names)

    def give_back(self) -> None:
        """Let what was looked at be there as if nobody had."""
        sqs = self.client("sqs")
        for url, handle in self._taken:
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)


@pytest.fixture(scope="module")
def queues(stack: Stack) -> Queues:
    """Tell the whole story with the queues held, look at their messages, and let it come to its end."""
    queues = Queues(stack)
    queues.switch(on=False)
    try:
        told = tell(stack)
        wanted = {stack.variables[name] for name in QUEUES}
        eventually(lambda: wanted <= queues.read(), HOLD_SECONDS + 30)
    finally:
        queues.give_back()
        queues.switch(on=True)
    visitor, order_id = told
    eventually(lambda: visitor.order(order_id)["payment"]["state"] == "refunded", 60)
    eventually(queues.are_empty, 60)
    return queues


def tell(stack: Stack) -> tuple[Visitor, str]:
    """Log in, be rejected and verified, book for the child, pay, cancel, and mistype all there is on the way."""
    visitor = Visitor(stack, USER_PHONE, "none").log_in()
    mistype(visitor)
    child = visitor.http.post("/api/me/patients", json=CHILD)
    assert child.status_code == 201, child.text
    visitor.patient_id = child.json()["patientId"]
    assert visitor.http.put(f"/api/me/patients/{visitor.patient_id}", json={**CHILD, "address": "示例街2号"}).status_code == 200
    user_id = visitor.http.get("/api/me").json()["userId"]
    for approved in (False, True):
        submit_identity(visitor)
        decide(stack, user_id, approved)
    stage = set_stage(stack, 1, int(USER_PHONE), 0)
    booked = visitor.book(stage.schedule_id, key=USER_CARD)
    assert booked.status_code == 201, booked.text
    order_id: str = booked.json()["orderId"]
    visitor.scan(visitor.open_payment(order_id).json()["codeUrl"])
    eventually(lambda: visitor.order(order_id)["state"] == "paid")
    assert visitor.http.get(f"/api/orders/{order_id}/calendar.ics").status_code == 200
    assert visitor.cancel(order_id).json()["state"] == "cancelled"
    return visitor, order_id


def submit_identity(visitor: Visitor) -> None:
    form = visitor.http.post("/api/me/identity/uploads", json={"contentType": "image/png", "size": len(png())}).json()
    assert visitor.outside.post(form["url"], data=form["fields"], files={"file": ("photo.png", png())}).is_success
    told = {"name": "王大山", "certificateType": "idCard", "certificateNumber": USER_CARD, "photoKey": form["photoKey"]}
    submitted = visitor.http.put("/api/me/identity", json=told)
    assert submitted.status_code == 200, submitted.text


def decide(stack: Stack, user_id: str, approved: bool) -> None:
    """Find the user by phone and name, look at user and identity, and decide."""
    auditor = administrator(stack, "auditor").http
    found = auditor.get("/api/admin/users", params={"q": USER_PHONE}).json()["items"]
    assert [user["userId"] for user in found] == [user_id]
    assert auditor.get(f"/api/admin/users/{user_id}").status_code == 200
    opened = auditor.get(f"/api/admin/identities/{user_id}").json()
    assert opened["certificateNumber"] == USER_CARD
    assert httpx.get(opened["photoUrl"], trust_env=False).content == png()
    body = {"approved": approved, "reason": "" if approved else "照片不清楚", "submissionId": opened["submissionId"]}
    assert auditor.post(f"/api/admin/identities/{user_id}/decision", json=body).status_code == 200


def mistype(visitor: Visitor) -> None:
    """Send the numbers in every way in which they are refused, or not understood."""
    http, key = visitor.http, {"Idempotency-Key": CHILD_CARD}
    wrong = {**CHILD, "certificateNumber": MISTYPED_CARD}
    contact = {**CHILD["contact"], "certificateNumber": MISTYPED_CARD} if isinstance(CHILD["contact"], dict) else {}
    identity = {"name": USER_CARD, "certificateType": "idCard", "certificateNumber": USER_CARD, "photoKey": "x"}
    refused = [
        http.post("/api/login-codes", json={"phone": MISTYPED_PHONE}),
        http.post("/api/login-codes", json={"phone": USER_PHONE, "certificateNumber": USER_CARD}),
        http.post("/api/login-codes", json={USER_PHONE: USER_CARD}),
        http.post("/api/sessions", json={"phone": USER_PHONE, "code": USER_CARD, "requestId": "none"}),
        http.post("/api/sessions", json={"phone": USER_PHONE, "code": "000000", "requestId": "none"}),
        http.post("/api/sessions", json={"phone": [USER_PHONE], "code": {USER_CARD: 1}, "requestId": USER_PHONE}),
        http.post("/api/me/patients", json=wrong),
        http.post("/api/me/patients", json={**CHILD, "contact": contact}),
        http.post("/api/me/patients", json={**CHILD, "phone": MISTYPED_PHONE}),
        http.post("/api/me/patients", json={**CHILD, "birthDate": "2016-09-24"}),
        http.post("/api/me/patients", json={**CHILD, "certificateType": "passport"}),
        http.post("/api/me/patients", json={**CHILD, CONTACT_CARD: CONTACT_PHONE}),
        http.post("/api/me/patients", content=json.dumps(CHILD)[:-1]),
        http.post("/api/me/patients", content=f"{CHILD_CARD} {CHILD_PHONE}"),
        http.post("/api/me/patients", content=f"{CHILD_CARD}\ud800".encode(errors="surrogatepass")),
        http.put(f"/api/me/patients/{CHILD_CARD}", json=CHILD),
        http.delete(f"/api/me/patients/{CHILD_CARD}"),
        http.get(f"/api/me/patients/{CHILD_PHONE}"),
        http.get("/api/me/patients", params={"cursor": CHILD_CARD}),
        http.put("/api/me/identity", json={**identity, "certificateNumber": MISTYPED_CARD}),
        http.put("/api/me/identity", json={**identity, "photoKey": USER_PHONE}),
        http.post("/api/orders", json={"scheduleId": CHILD_CARD, "patientId": CHILD_PHONE}, headers=key),
        http.post("/api/orders", json={"scheduleId": CHILD_CARD, "patientId": CHILD_PHONE}, headers={"Idempotency-Key": f"{CHILD_CARD} x"}),
        http.get("/api/orders", params={"limit": USER_PHONE, "cursor": USER_CARD, USER_CARD: ""}),
        http.get(f"/api/orders/{USER_PHONE}"),
        http.get(f"/api/orders/{USER_CARD}/payment"),
        http.get(f"/api/schedules/{CHILD_CARD}"),
        http.get(f"/api/hospitals/{CONTACT_PHONE}"),
        http.get("/api/hospitals", params={"province": CONTACT_CARD}),
        http.get(f"/api/nowhere/{CONTACT_PHONE}"),
        http.get("/api/me", headers={"Authorization": f"Bearer {USER_PHONE}"}),
        http.post("/api/payments/wechat/notifications", json={"id": USER_CARD, "resource": USER_PHONE}),
        http.post("/api/admin/sessions", json={"username": USER_PHONE, "password": USER_CARD, "totp": "000000"}),
    ]
    assert {answer.status_code // 100 for answer in refused} == {4}, [(a.request.url, a.status_code) for a in refused]
    understood = [
        http.get("/api/me/patients", params={"q": CHILD_CARD}),
        http.get("/api/orders", params={"q": CHILD_PHONE, "patientId": CHILD_CARD}),
        http.get("/api/hospitals", params={"q": CONTACT_PHONE}),
    ]
    assert {answer.status_code for answer in understood} == {200}


def test_a_planted_number_is_found_in_every_form() -> None:
    plain = CHILD_CARD.encode()
    spaced = b"%b %b-%b" % (plain[:6], plain[6:14], plain[14:])
    for content in (plain, spaced, b" ".join(plain[at : at + 1] for at in range(18)), *(b64encode(b"x" * n + plain) for n in range(3))):
        assert leaks([("here", b"{" + content + b"}")])
    assert leaks([("masked", b"310***********%b 166****3947" % plain[-4:])]) == []


def test_no_queue_message_tells_a_number(stack: Stack, queues: Queues) -> None:
    assert {stack.variables[name] for name in QUEUES} <= {url for url, _ in queues.seen}
    assert leaks(queues.seen) == []


def test_no_log_line_tells_a_number(stack: Stack, queues: Queues) -> None:
    logs = {file.name: file.read_bytes() for file in (stack.folder / "logs").rglob("*") if file.is_file()}
    assert b"/api/me/patients" in logs["functions.log"]
    assert leaks(logs.items()) == []


def test_no_stored_item_tells_a_number(stack: Stack, queues: Queues) -> None:
    items = list(dynamo_items(queues))
    assert {name for name, _ in items} > {stack.variables[name] for name in ("ACCOUNTS_TABLE", "IDENTITIES_TABLE", "ORDERS_TABLE")}
    assert leaks(items) == []


def test_no_document_of_the_catalogue_tells_a_number(stack: Stack, queues: Queues) -> None:
    with MongoClient[dict[str, Any]](stack.layout.mongodb_url) as client:
        database = client.get_default_database()
        documents = [(name, repr(document).encode()) for name in database.list_collection_names() for document in database[name].find()]
    assert documents
    assert leaks(documents) == []


def test_nothing_in_redis_tells_a_number(stack: Stack, queues: Queues) -> None:
    with Redis.from_url(stack.layout.redis_url) as redis:
        entries = [(name.decode(), name + b" " + repr(redis_value(redis, name)).encode()) for name in redis.scan_iter()]
    assert entries
    assert leaks(entries) == []


def test_no_photo_tells_a_number(stack: Stack, queues: Queues) -> None:
    bucket, s3 = stack.variables["PHOTOS_BUCKET"], queues.client("s3")
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    objects = [s3.get_object(Bucket=bucket, Key=key) for key in keys]
    kept = [(key, f"{key} {found['Metadata']} ".encode() + found["Body"].read()) for key, found in zip(keys, objects, strict=True)]
    assert leaks(kept) == []


def test_no_sms_tells_a_number_of_anybody(stack: Stack, queues: Queues) -> None:
    with httpx.Client(trust_env=False) as phone:
        messages = phone.get(stack.addresses["sms"], params={"phone": USER_PHONE}).json()
    assert any("退回全额" in message["message"] for message in messages)
    assert leaks(("sms", message["message"].encode()) for message in messages) == []


def test_what_partners_are_told_holds_no_number(stack: Stack, queues: Queues) -> None:
    with httpx.Client(trust_env=False) as partner:
        addresses = [f"{stack.addresses['hospital']}/orders", f"{stack.addresses['payment']}/trades"]
        books = [(address, partner.get(address).content) for address in addresses]
    assert leaks(books) == []


def dynamo_items(queues: Queues) -> Iterator[tuple[str, bytes]]:
    """Yield every item of every table, as text, with the name of its table."""
    dynamo = queues.client("dynamodb")
    for table in dynamo.list_tables()["TableNames"]:
        for page in dynamo.get_paginator("scan").paginate(TableName=table):
            yield from ((table, repr(item).encode()) for item in page["Items"])


def redis_value(redis: Redis, name: bytes) -> Any:
    """Return all that lies under the name."""
    readers: dict[Any, Callable[[bytes], Any]] = {
        b"string": redis.get,
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"zset": lambda name: redis.zrange(name, 0, -1),
        b"list": lambda name: redis.lrange(name, 0, -1),
    }
    return readers[redis.type(name)](name)
