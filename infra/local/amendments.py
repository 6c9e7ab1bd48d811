"""What MiniStack 1.5.33 lacks or does slowly, put right inside our own process. It is pinned, so these hold."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import tempfile
import threading
import types
import zipfile
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ministack.core import iam_actions, lambda_runtime
from ministack.services import apigateway_v1, sns, sqs

from infra.local.streams import keep_waiting_records

_REFUSED = "Unauthorized"
BEIJING = timezone(timedelta(hours=8))


def amend(layers: Path, log: Path) -> None:
    """Put all of it in place, before the first request."""
    share_layers(layers)
    isolate_workers()
    log_functions(log)
    import_gateway_responses()
    unescape_media_types()
    answer_failures()
    stamp_messages()
    name_queues_alike()
    permit_batches()
    keep_waiting_records()


def share_layers(cache: Path) -> None:
    """Unpack each layer once for all workers: MiniStack unpacks 60 MB again for every one of them."""
    unpacking = threading.Lock()

    class SharedArchive(zipfile.ZipFile):
        """Unpack a layer into the cache and link to it; leave other archives alone."""

        def namelist(self) -> list[str]:
            return [] if self._is_layer() else super().namelist()

        def extractall(self, path: Any = None, members: Iterable[Any] | None = None, pwd: bytes | None = None) -> None:
            if not self._is_layer():
                super().extractall(path, members, pwd)
                return
            shared = cache / self._digest()
            with unpacking:
                if not shared.exists():
                    cache.mkdir(parents=True, exist_ok=True)
                    fresh = tempfile.mkdtemp(dir=cache)
                    super().extractall(fresh, super().namelist())
                    with suppress(OSError):  # another stack was faster; its copy is the same
                        Path(fresh).rename(shared)
            Path(path).rmdir()
            Path(path).symlink_to(shared)
            Path(str(self.filename)).unlink()  # 20 MB that every worker would keep

        def _is_layer(self) -> bool:
            return Path(str(self.filename)).name.startswith("layer_")

        def _digest(self) -> str:
            contents = [(entry.filename, entry.CRC, entry.file_size) for entry in self.infolist()]
            return hashlib.blake2b(repr(contents).encode(), digest_size=16).hexdigest()

    lambda_runtime.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedArchive})


def isolate_workers() -> None:
    """Give Python workers the standard library and their layers alone, as on AWS: a missing dependency shows here."""

    def start(command: list[str], **options: Any) -> subprocess.Popen[str]:
        if command[0] == sys.executable:
            command = [sys.executable, "-I", "-S", *command[1:]]
        # Ctrl-C is for the launcher, which ends its workers when their state is saved.
        return subprocess.Popen(command, start_new_session=True, **options)

    # It counts calls between functions, at the price of importing botocore at each cold start.
    lambda_runtime._PYTHON_WORKER_SCRIPT = lambda_runtime._PYTHON_WORKER_SCRIPT.replace("    _ms_install_invoke_depth()\n", "")
    lambda_runtime.subprocess = types.SimpleNamespace(**{**vars(subprocess), "Popen": start})


def log_functions(log: Path) -> None:
    """Write what functions print, and why they fail, into one file, each line behind the function's name.

    An authorizer that refuses has not failed: the word is how it tells the gateway, and it has printed its own line.
    """
    output = logging.FileHandler(log, mode="w")
    output.setFormatter(logging.Formatter("%(name)s %(message)s"))
    original: Callable[..., dict[str, Any]] = lambda_runtime.Worker.invoke

    def invoke(worker: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        result = original(worker, *arguments, **options)
        function = logging.getLogger(f"{worker.func_name}")
        if output not in function.handlers:
            function.addHandler(output)
            function.propagate = False
        why = "" if result.get("error") == _REFUSED else result.get("trace") or result.get("error")
        for printed in (result.get("log"), why):
            for line in (printed or "").splitlines():
                function.info(line)
        return result

    lambda_runtime.Worker.invoke = invoke


def import_gateway_responses() -> None:
    """Read the gateway responses of an imported API's document, which MiniStack serves but does not import."""
    original: Callable[..., str] = apigateway_v1._import_rest_api

    def import_rest_api(document: dict[str, Any], base: dict[str, Any] | None = None) -> str:
        api_id = original(document, base)
        for kind, response in (document.get("x-amazon-apigateway-gateway-responses") or {}).items():
            status, _, answer = apigateway_v1._put_gateway_response(api_id, kind, response)
            if status >= 400:
                raise ValueError(f"the gateway response {kind} is not valid: {answer!r}")
        return api_id

    apigateway_v1._import_rest_api = import_rest_api


def unescape_media_types() -> None:
    """Read the binary media types of an API as CloudFormation writes them, application~1pdf: MiniStack compares them as they are."""
    original: Callable[..., Any] = apigateway_v1._create_rest_api

    def create_rest_api(data: dict[str, Any]) -> Any:
        types = [media_type.replace("~1", "/") for media_type in data.get("binaryMediaTypes") or []]
        return original({**data, "binaryMediaTypes": types})

    apigateway_v1._create_rest_api = create_rest_api


def answer_failures() -> None:
    """Answer for a function that failed with the gateway's own response: MiniStack shows the exception."""
    original: Callable[..., Awaitable[Any]] = apigateway_v1._invoke_lambda_proxy_v1

    async def invoke(*arguments: Any, **options: Any) -> Any:
        answer = await original(*arguments, **options)
        failed = isinstance(answer, tuple) and answer[0] == HTTPStatus.BAD_GATEWAY and set(answer[1]) == {"Content-Type"}
        return apigateway_v1._gw_error("DEFAULT_5XX", "Internal server error") if failed else answer

    apigateway_v1._invoke_lambda_proxy_v1 = invoke


class Stamped(list[dict[str, Any]]):
    """The messages of one phone, each with the time it was sent, which MiniStack does not note."""

    def append(self, record: dict[str, Any]) -> None:
        super().append({"SentAt": datetime.now(BEIJING).isoformat(), **record})


def stamp_messages() -> None:
    """Note when each SMS was sent."""
    original: Callable[[str], list[dict[str, Any]]] = sns._sms_log_for

    def log_for(phone: str) -> list[dict[str, Any]]:
        records = original(phone)
        if not isinstance(records, Stamped):
            records = Stamped(records)
            sns._sms_messages[phone] = records
        return records

    sns._sms_log_for = log_for


def name_queues_alike() -> None:
    """Give a queue the same URL on every port: MiniStack finds a queue by it, and loses those of a start on another port."""
    sqs.DEFAULT_PORT = "4566"


def permit_batches() -> None:
    """Ask of a batch of messages the permission for one, as AWS does: MiniStack asks for another, which AWS does not have."""
    original: Callable[..., str | None] = iam_actions.extract_iam_action

    def extract(service: str, *arguments: Any, **options: Any) -> str | None:
        action = original(service, *arguments, **options)
        return action.removesuffix("Batch") if action and service == "sqs" else action

    iam_actions.extract_iam_action = extract


def sent_messages() -> list[dict[str, Any]]:
    """Return every SMS sent, oldest first."""
    return [record for records in sns._sms_messages.to_dict().values() for record in records]
