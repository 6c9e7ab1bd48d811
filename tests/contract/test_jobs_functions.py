"""Exports and imports through their functions, on real servers: asked for, handed on, done, downloaded."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from os import environ
from typing import Any
from uuid import uuid4

import httpx
import pytest
from infra.functions import load_handler

from guahao.adapters.aws.clients import client
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.jobs import DynamoJobs
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.adapters.xlsx.reader import read_sheet
from guahao.bootstrap.administration.exports import exports
from guahao.bootstrap.administration.jobs import export_service, job_requests
from guahao.bootstrap.dictionary.imports import dictionary_publisher, import_service, imports
from guahao.bootstrap.parts import dictionary, dictionary_service
from guahao.bootstrap.statistics.statistics import booking_statistics, counting
from guahao.contracts.messages import JobRequest
from guahao.domain.booking.order_states import OrderState
from guahao.domain.dictionary.dictionary import COLUMNS
from guahao.runtime.correlation import trace
from tests.builders import altered
from tests.functions import forget_use_cases, sample_event
from tests.sheets import dictionary_sheet, of_openpyxl
from tests.unit.test_order_states import order

CACHED = (
    *(dictionary_service, dictionary_publisher, dictionary, exports, imports, export_service, import_service, job_requests),
    *(booking_statistics, counting),
)
QUEUES = {"EXPORTS_QUEUE": "on_export_requested", "IMPORTS_QUEUE": "on_import_requested"}
ROWS = [(1, 0, "省", "", "Province"), (110000, 1, "北京市", "110000", ""), (110100, 110000, "市辖区", "110100", "")]


@pytest.fixture(autouse=True)
def environment(redis_secret: str, dictionary_table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the functions at the servers, with a dictionary and queues of their own, and use cases built anew."""
    monkeypatch.setenv("REDIS_SECRET", redis_secret)
    monkeypatch.setenv("DICTIONARY_TABLE", dictionary_table)
    for variable in QUEUES:
        monkeypatch.setenv(variable, client("sqs").create_queue(QueueName=f"q-{uuid4().hex}")["QueueUrl"])
    _forget()
    yield
    _forget()


def _forget() -> None:
    forget_use_cases()


def call(function: str, case: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    """Return status and body of a sample event; without a key of its own, each is a new request."""
    event = sample_event(function, case)
    event["headers"].pop("Idempotency-Key", None)
    event["headers"] |= changes.pop("headers", {})
    answer = load_handler(function)({**event, **changes}, None)
    body = json.loads(answer["body"])
    if answer["statusCode"] == 201:
        assert answer["headers"]["Location"] == f"{event['path']}/{body['jobId']}"
    return answer["statusCode"], body


def read(function: str, job: dict[str, Any]) -> dict[str, Any]:
    status, body = call(function, "read", pathParameters={"jobId": job["jobId"]})
    assert status == 200
    return body


def send(content: bytes) -> tuple[int, dict[str, Any]]:
    return call("dictionary_imports", "request", body=b64encode(content).decode())


def hand_on(aws: dict[str, str], job: dict[str, Any]) -> None:
    """Do what the stream of the jobs' table does with a new item."""
    image = client("dynamodb").get_item(TableName=aws["JOBS_TABLE"], Key={"job_id": {"S": job["jobId"]}})["Item"]
    record = sample_event("on_job_requested", "export")["Records"][0]
    record["dynamodb"]["NewImage"] = image
    assert load_handler("on_job_requested")({"Records": [record]}, None) == {"batchItemFailures": []}


def do_all() -> int:
    """Give every waiting message to its handler, twice, and return how many there were."""
    done = 0
    for variable, function in QUEUES.items():
        for message in client("sqs").receive_message(QueueUrl=environ[variable], MaxNumberOfMessages=10).get("Messages", []):
            client("sqs").delete_message(QueueUrl=environ[variable], ReceiptHandle=message["ReceiptHandle"])
            record = {**sample_event(function, "requested")["Records"][0], "body": message["Body"]}
            assert load_handler(function)({"Records": [record, record]}, None) == {"batchItemFailures": []}
            done += 1
    return done


def test_what_is_imported_is_exported_and_imported_again_unchanged(aws: dict[str, str]) -> None:
    status, job = send(dictionary_sheet(*ROWS))
    assert status == 201
    assert {name: job[name] for name in ("kind", "state", "done", "total", "errors")} == {
        "kind": "dictionary",
        "state": "queued",
        "done": 0,
        "total": None,
        "errors": [],
    }
    assert do_all() == 0
    hand_on(aws, job)
    assert do_all() == 1
    job = read("dictionary_imports", job)
    assert (job["state"], job["result"], job["done"], job["total"], job["downloadUrl"]) == ("done", "imported", 3, 3, None)
    assert job["sheet"] == "Sheet"
    assert [entry.name for entry in dictionary_service().children_of_code("Province")] == ["北京市"]

    status, job = call("exports", "request")
    assert status == 201
    hand_on(aws, job)
    assert do_all() == 1
    job = read("exports", job)
    assert (job["state"], job["result"], job["done"], job["total"]) == ("done", "exported", 3, 3)
    exported = httpx.get(job["downloadUrl"]).content
    cells = [[row.cells.get(place) or "" for place in range(len(COLUMNS))] for row in read_sheet(BytesIO(exported)).rows]
    assert cells == [list(COLUMNS), *([row[0], row[1] or "", *row[2:]] for row in ROWS)]

    _, job = send(exported)
    hand_on(aws, job)
    assert do_all() == 1
    assert read("dictionary_imports", job)["result"] == "unchanged"


@pytest.mark.parametrize(
    ("kind", "wanted", "columns", "rows"),
    [
        ("orders", {"status": "paid", "from": "2026-03-05"}, ("就诊日期", "就诊人", "订单状态"), [["2026-03-05", "林*", "已支付"]]),
        ("orders", {"to": "2026-03-04"}, ("订单号",), []),
        (
            "statistics",
            {"from": "2026-03-05", "to": "2026-03-06"},
            ("就诊日期", "预约总数", "已支付"),
            [["2026-03-05", 2, 1], ["2026-03-06", 0, 0]],
        ),
    ],
)
def test_orders_and_statistics_are_exported_as_far_as_asked_for(
    aws: dict[str, str], kind: str, wanted: dict[str, str], columns: tuple[str, ...], rows: list[list[Any]]
) -> None:
    code = uuid4().hex[:12]
    counting().count(put_order(code, OrderState.PAID))
    counting().count(put_order(code, OrderState.AWAITING_PAYMENT))
    asked = {"kind": kind, "filter": {"hospitalCode": code, **wanted}}
    status, job = call("exports", "request", body=json.dumps(asked))
    assert (status, job["kind"]) == (201, kind)
    hand_on(aws, job)
    assert do_all() == 1
    job = read("exports", job)
    assert (job["state"], job["done"], job["total"]) == ("done", len(rows), len(rows))
    header, *found = read_sheet(BytesIO(httpx.get(job["downloadUrl"]).content)).rows
    places = [place for name in columns for place, title in header.cells.items() if title == name]
    assert [[row.cells[place] for place in places] for row in found] == rows


def put_order(code: str, state: OrderState) -> str:
    """Write an order of the hospital and return its id."""
    made = altered(order(state), order_id=uuid4().hex[:26], hospital_code=code)
    use_table(OrderItem, environ["ORDERS_TABLE"])
    OrderItem.from_domain(made, "").save()
    return made.order_id


def test_a_faulty_sheet_changes_nothing_and_comes_back_marked(aws: dict[str, str]) -> None:
    _, job = send(dictionary_sheet((1, 0, "省", "", "Province"), (2, 9, "=1+1")))
    hand_on(aws, job)
    assert do_all() == 1
    job = read("dictionary_imports", job)
    assert (job["state"], job["errorCount"]) == ("failed", 2)
    assert [(error["row"], error["column"]) for error in job["errors"]] == [(3, "上级id"), (3, "名称")]
    assert len(list(read_sheet(BytesIO(httpx.get(job["downloadUrl"]).content)).rows)) == 3
    assert dictionary().version() is None


def test_a_repeated_request_is_the_same_job(aws: dict[str, str]) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    assert call("exports", "request", headers=key) == call("exports", "request", headers=key)
    assert call("exports", "request")[1]["jobId"] != call("exports", "request")[1]["jobId"]
    assert call("dictionary_imports", "request", headers=key) == call("dictionary_imports", "request", headers=key)
    other = b64encode(of_openpyxl(["other"])).decode()
    status, problem = call("dictionary_imports", "request", headers=key, body=other)
    assert (status, problem["type"]) == (422, "urn:guahao:problem:idempotency-key-reused")


@pytest.mark.parametrize(
    ("web", "case", "work"), [("exports", "request", "on_export_requested"), ("dictionary_imports", "request", "on_import_requested")]
)
def test_a_job_that_another_worker_has_is_left_to_it_and_comes_again(aws: dict[str, str], web: str, case: str, work: str) -> None:
    _, told = call(web, case)
    jobs = DynamoJobs(aws["JOBS_TABLE"], trace)
    job = jobs.get(told["jobId"])
    assert job
    jobs.move(job, job.started(datetime.now(UTC)))
    record = sample_event(work, "requested")["Records"][0]
    event = {"Records": [{**record, "body": JobRequest(job_id=job.job_id).model_dump_json(by_alias=True)}]}
    assert load_handler(work)(event, None) == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    assert read(web, told)["state"] == "running"


@pytest.mark.parametrize(
    ("function", "case", "status", "kind"),
    [
        ("exports", "bad_kind", 400, "invalid-request"),
        ("exports", "bad_filter", 400, "invalid-request"),
        ("exports", "request_orders_of_days_in_wrong_order", 400, "invalid-request"),
        ("exports", "bad_filter_of_another_kind", 400, "invalid-request"),
        ("exports", "bad_hospital", 400, "invalid-request"),
        ("exports", "bad_status", 400, "invalid-request"),
        ("exports", "request_statistics_of_too_many_days", 400, "invalid-request"),
        ("exports", "read", 404, "not-found"),
        ("exports", "read_without_token", 401, "unauthenticated"),
        ("dictionary_imports", "request_of_no_spreadsheet", 400, "spreadsheet-refused"),
        ("dictionary_imports", "bad_content_type", 400, "invalid-request"),
        ("dictionary_imports", "read", 404, "not-found"),
        ("dictionary_imports", "read_without_token", 401, "unauthenticated"),
    ],
)
def test_a_bad_request_has_its_own_problem(function: str, case: str, status: int, kind: str) -> None:
    nobodys_job = {"pathParameters": {"jobId": uuid4().hex}} if case == "read" else {}
    answered, problem = call(function, case, **nobodys_job)
    assert (answered, problem["status"], problem["type"]) == (status, status, f"urn:guahao:problem:{kind}")


def test_an_export_is_not_seen_as_an_import(aws: dict[str, str]) -> None:
    _, job = call("exports", "request")
    assert call("dictionary_imports", "read", pathParameters={"jobId": job["jobId"]})[0] == 404
