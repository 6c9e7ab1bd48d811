"""The parts of the local stack that need no server."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import os
import re
import socket
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from infra.local import amendments, api_page, launcher
from infra.local.commands import first_port
from infra.local.deploy import Deployment, fingerprint, packaged
from infra.local.edge import Edge, newest_first
from infra.local.layout import LOOPBACK, PARTS, Layout, check_ports, free_port
from infra.local.pack import pack
from infra.local.problems import StackProblem
from infra.local.screen import Screen
from infra.local.services import ended, services
from infra.simulators.asgi import BadRequestError, json_object
from ministack.core import iam_actions, lambda_runtime
from ministack.services import apigateway_v1, sns, sqs
from rich.console import Console


def layout(folder: Path, **external: str) -> Layout:
    return Layout(folder, 21000, {}, external)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    function = tmp_path / "functions" / "login"
    function.mkdir(parents=True)
    (function / "app.py").write_text("def handler(event, context):\n    return event\n")
    return tmp_path


def test_a_package_keeps_its_name_while_its_sources_stay_the_same(root: Path) -> None:
    first = pack(Path("functions/login"), root / "cache", root=root)
    packed_at = first.stat().st_mtime_ns
    (root / "functions/login/__pycache__").mkdir()
    (root / "functions/login/__pycache__/app.cpython-311.pyc").write_bytes(b"made by a test run")
    again = pack(Path("functions/login"), root / "cache", root=root)
    assert (again, again.stat().st_mtime_ns) == (first, packed_at)


def test_a_package_gets_a_new_name_when_a_source_changes(root: Path) -> None:
    first = pack(Path("functions/login"), root / "cache", root=root)
    (root / "functions/login/app.py").write_text("def handler(event, context):\n    return None\n")
    assert pack(Path("functions/login"), root / "cache", root=root) != first


def test_a_package_carries_the_sources_and_their_bytecode(root: Path) -> None:
    names = zipfile.ZipFile(pack(Path("functions/login"), root / "cache", root=root)).namelist()
    assert "app.py" in names
    assert any(name.startswith("__pycache__/app.") for name in names)


def test_a_folder_that_the_template_names_and_nobody_made_is_one_sentence(root: Path) -> None:
    with pytest.raises(StackProblem, match=r"^The template names the folder functions/nothing, which does not exist: .*\.$"):
        pack(Path("functions/nothing"), root / "cache", root=root)


def test_only_functions_and_layers_are_packaged() -> None:
    template = {
        "Resources": {
            "Login": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./functions/login/"}},
            "CoreLayer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "layers/core"}},
            "Api": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "v1"}},
        }
    }
    assert [properties[key] for key, properties in packaged(template)] == ["functions/login", "layers/core"]


def test_a_stack_is_new_when_its_template_or_a_parameter_differs() -> None:
    same = fingerprint({"Resources": {"A": 1, "B": 2}}, {"HoldSeconds": "5"})
    assert fingerprint({"Resources": {"B": 2, "A": 1}}, {"HoldSeconds": "5"}) == same
    assert fingerprint({"Resources": {"A": 1}}, {"HoldSeconds": "5"}) != same
    assert fingerprint({"Resources": {"A": 1, "B": 2}}, {"HoldSeconds": "6"}) != same


def test_a_taken_port_is_one_sentence_that_says_what_to_do() -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StackProblem, match=rf"^Port {port}, needed for Redis, is taken .* `GUAHAO_PORT=\d+ make run`\.$"):
            check_ports({"Redis": port})


def test_free_ports_are_six_in_a_row() -> None:
    first = free_port()
    check_ports({part: first + n for n, part in enumerate(PARTS)})


def test_a_server_outside_replaces_the_own_one_and_frees_its_port(tmp_path: Path) -> None:
    stack = layout(tmp_path, REDIS_URL="redis://elsewhere:6379/1")
    assert stack.redis_url == "redis://elsewhere:6379/1"
    assert "Redis" not in stack.own_ports()
    assert stack.own_ports()["MongoDB"] == 21003


@pytest.mark.parametrize("text", ["²", "99999", "80", "-1", "eighty"])
def test_a_port_that_is_none_is_one_sentence(text: str) -> None:
    with pytest.raises(StackProblem, match=rf"^GUAHAO_PORT is '{text}': set it to a number from 1024 to 65529, or leave it out\.$"):
        first_port("GUAHAO_PORT", text)


def test_an_aws_endpoint_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    url = f"http://{LOOPBACK}:{free_port()}"
    with pytest.raises(StackProblem, match=rf"^AWS does not answer at {url} .* correct AWS_ENDPOINT_URL\.$"):
        Deployment(layout(tmp_path, AWS_ENDPOINT_URL=url)).parameters_in_use()


def test_a_lost_part_is_named(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert ended(layout(tmp_path), {"launcher": os.getpid(), "redis": gone.pid, "mongodb": os.getpid()}) == ["Redis"]


def test_the_hospital_simulator_is_told_where_the_platform_answers(tmp_path: Path) -> None:
    command = next(service.command for service in services(layout(tmp_path)) if service.name == "hospital")
    assert command[-2:] == ("--platform", "http://127.0.0.1:21000")


def test_a_reset_says_which_servers_it_did_not_empty(tmp_path: Path) -> None:
    said = io.StringIO()
    launcher.publish(layout(tmp_path).outside_file, {"REDIS_URL": "redis://elsewhere:6379/1"})
    launcher.reset(layout(tmp_path), Screen(Console(file=said, soft_wrap=True)))
    assert "not emptied, because they are servers outside: REDIS_URL." in said.getvalue()


@pytest.mark.parametrize("body", [b"[" * 60000, b'{"name": "\\ud800"}', b'{"\\udfff": 1}', b"\xff", b"[]"])
def test_a_simulator_refuses_what_is_no_json_object_of_text(body: bytes) -> None:
    with pytest.raises(BadRequestError):
        json_object(body)


RECORDS = [
    {"PhoneNumber": "+8613800000000", "Message": "old", "SentAt": "2026-11-23T00:00:00+00:00"},
    {"PhoneNumber": "+8613900000000", "Message": "other", "SentAt": "2026-11-23T00:00:01+00:00"},
    {"PhoneNumber": "+8613800000000", "Message": "new", "SentAt": "2026-11-23T00:00:02+00:00"},
]


def test_messages_without_a_time_come_newest_first_too() -> None:
    records = [{"PhoneNumber": "+8613800000001", "Message": text} for text in ("old", "new")]
    assert [message["message"] for message in newest_first(records, "")] == ["new", "old"]


def test_messages_come_newest_first_with_the_phone_as_people_write_it() -> None:
    assert [message["message"] for message in newest_first(RECORDS, "")] == ["new", "other", "old"]
    assert newest_first(RECORDS, "13900000000") == [{"phone": "13900000000", "message": "other", "sentAt": "2026-11-23T00:00:01+00:00"}]


async def gateway(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(["gateway", scope["path"]]).encode()})


async def messages() -> list[dict[str, Any]]:
    return RECORDS


async def ask(edge: Edge, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="http://edge") as client:
        return await client.get(path)


def get(folder: Path, path: str) -> httpx.Response:
    return asyncio.run(ask(Edge(layout(folder), gateway, messages, web=folder / "web"), path))


def test_the_edge_sends_only_the_interface_to_the_gateway(tmp_path: Path) -> None:
    assert get(tmp_path, "/api/hospitals").json() == ["gateway", "/api/hospitals"]
    assert get(tmp_path, "/apiary").status_code == 404


@pytest.mark.parametrize("phone", ["13800000000", "%2B8613800000000", "+8613800000000"])
def test_the_edge_shows_the_messages_of_one_phone(tmp_path: Path, phone: str) -> None:
    assert [message["message"] for message in get(tmp_path, f"/sms?phone={phone}").json()] == ["new", "old"]


def test_the_edge_lists_the_addresses_until_there_is_a_web_site(tmp_path: Path) -> None:
    assert "http://127.0.0.1:21004" in get(tmp_path, "/").text
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "index.html").write_text("the site")
    assert get(tmp_path, "/").text == "the site"


def test_the_page_of_the_interface_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = get(tmp_path, api_page.PATH)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self';")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 4
    for address in loaded:
        assert not re.match(r"[a-z]+:|/", address)
        assert get(tmp_path, f"{api_page.PATH}{address}").status_code == 200
    assert '"/api/openapi.json"' in get(tmp_path, f"{api_page.PATH}show.js").text


def test_the_page_of_the_interface_is_there_beside_a_web_site_and_found_without_its_slash(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    assert "swagger-ui" in get(tmp_path, api_page.PATH).text
    assert get(tmp_path, api_page.PATH.rstrip("/")).headers["Location"].endswith(api_page.PATH)


def test_the_printed_addresses_name_the_page_of_the_interface() -> None:
    said = io.StringIO()
    addresses = dict.fromkeys(("api", "sms", "payment", "hospital"), "http://elsewhere") | {"apiDocs": "http://here/api-docs/"}
    Screen(Console(file=said, width=100)).addresses({**addresses, "accounts": {}}, "guahao runs")
    assert re.search(r"Interface\s+│ http://here/api-docs/", said.getvalue())


def test_workers_share_one_unpacked_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambda_runtime, "zipfile", zipfile)
    amendments.share_layers(tmp_path / "layers")
    for worker in ("one", "two"):
        place = tmp_path / worker / "layer_0"
        place.mkdir(parents=True)
        with zipfile.ZipFile(tmp_path / worker / "layer_0.zip", "w") as layer:
            layer.writestr("python/package.py", "answer = 42")
        with lambda_runtime.zipfile.ZipFile(str(tmp_path / worker / "layer_0.zip")) as layer:
            layer.extractall(str(place))
    copies = [(tmp_path / worker / "layer_0" / "python" / "package.py").resolve() for worker in ("one", "two")]
    assert copies[0] == copies[1]
    assert copies[0].read_text() == "answer = 42"


def test_the_gateway_answers_with_the_responses_of_the_imported_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apigateway_v1, "_import_rest_api", apigateway_v1._import_rest_api)
    amendments.import_gateway_responses()
    response = {"statusCode": "404", "responseTemplates": {"application/json": '{"status":404}'}}
    api_id = apigateway_v1._import_rest_api({"x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": response}})
    error = apigateway_v1._gw_error("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
    request = {"api_id": api_id, "stage": {}, "stage_name": "v1", "request_id": "r", "resource_path": "/", "headers": {}}
    status, _, body = apigateway_v1._gateway_error_response(error, request)
    assert (status, body) == (404, b'{"status":404}')


def test_a_body_of_a_binary_type_of_the_template_reaches_the_function_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apigateway_v1, "_create_rest_api", apigateway_v1._create_rest_api)
    amendments.unescape_media_types()
    api_id = apigateway_v1._import_rest_api({}, {"name": "a", "binaryMediaTypes": ["application~1pdf"]})
    types = apigateway_v1._rest_apis[api_id]["binaryMediaTypes"]
    sent = {"content-type": "application/pdf"}
    event = apigateway_v1._build_lambda_event_v1(
        api_id, "v1", {}, {"path": "/f", "id": "r"}, "/f", "PUT", sent, b"%PDF\xff", {}, {}, binary_media_types=types
    )
    assert (event["isBase64Encoded"], event["body"]) == (True, "JVBERv8=")


def test_a_message_keeps_the_time_it_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sns, "_sms_log_for", sns._sms_log_for)
    monkeypatch.setattr(sns, "_sms_messages", type(sns._sms_messages)())
    amendments.stamp_messages()
    sns._sms_log_for("+8613800000000").append({"PhoneNumber": "+8613800000000", "Message": "hello"})
    sent = amendments.sent_messages()[0]["SentAt"]
    sns._sms_messages = type(sns._sms_messages).from_dict(copy.deepcopy(sns._sms_messages.to_dict()))
    assert amendments.sent_messages()[0]["SentAt"] == sent
    assert sent.endswith("+08:00")


def test_a_batch_of_messages_needs_the_permission_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam_actions, "extract_iam_action", iam_actions.extract_iam_action)
    amendments.permit_batches()
    actions = [
        iam_actions.extract_iam_action(service, "POST", "/", {"x-amz-target": target}, b"{}", {})
        for service, target in (
            ("sqs", "AmazonSQS.SendMessageBatch"),
            ("sqs", "AmazonSQS.SendMessage"),
            ("dynamodb", "DynamoDB.BatchGetItem"),
        )
    ]
    assert actions == ["sqs:SendMessage", "sqs:SendMessage", "dynamodb:BatchGetItem"]


def test_a_queue_keeps_its_url_when_the_stack_moves_to_another_port(monkeypatch: pytest.MonkeyPatch) -> None:
    urls = set()
    for port in ("8081", "9081"):
        monkeypatch.setattr(sqs, "DEFAULT_PORT", port)
        amendments.name_queues_alike()
        urls.add(sqs._queue_url("sms"))
    assert len(urls) == 1
