"""Real servers for tests: each starts on a free port of 127.0.0.1 with a folder of its own, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import botocore.session
from infra.local.services import redis_command
from pymongo import MongoClient
from redis import Redis
from redis.exceptions import RedisError

from guahao.adapters.aws.clients import client

ROOT = Path(__file__).parent.parent
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
# The outputs of infra/data.yaml that functions know as variables.
VARIABLES = {
    "AccountsTable": "ACCOUNTS_TABLE",
    "NumbersTable": "NUMBERS_TABLE",
    "OrdersTable": "ORDERS_TABLE",
    "StatisticsTable": "STATISTICS_TABLE",
    "NoticesTable": "NOTICES_TABLE",
    "HospitalSettingsTable": "HOSPITAL_SETTINGS_TABLE",
    "DictionaryTable": "DICTIONARY_TABLE",
    "JobsTable": "JOBS_TABLE",
    "FilesBucket": "FILES_BUCKET",
    "IdentitiesTable": "IDENTITIES_TABLE",
    "AdministratorsTable": "ADMINISTRATORS_TABLE",
    "AuditLogTable": "AUDIT_LOG_TABLE",
    "PhotosBucket": "PHOTOS_BUCKET",
    "VaultKey": "VAULT_KEY",
    "FingerprintKey": "FINGERPRINT_KEY",
    "TokenSecret": "TOKEN_SECRET",
    "WechatPaySecret": "WECHAT_PAY_SECRET",
    "SmsSecret": "SMS_SECRET",
    "RedisSecret": "REDIS_SECRET",
    "MongodbSecret": "MONGODB_SECRET",
}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """Run an empty Redis, on the given port to come back after a stop, and yield its URL."""
    port = port or free_port()
    with _server([*redis_command(port, Path())], {"PYTHONPATH": str(ROOT)}, lambda: _redis_answers(port), "Redis"):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def mongo_server() -> Iterator[str]:
    """Yield the URL of an empty database: of a server of our own, or on the one that MONGODB_URL names."""
    if given := os.environ.get("MONGODB_URL"):
        with _own_database(given) as url:
            yield url
        return
    port = free_port()
    command = [sys.executable, "-m", "nx_27017.nx_27017", "--host", "127.0.0.1", "-p", str(port)]
    files = ["--db", "mongo.db", "--log-file", "mongo.log", "--pid-file", "mongo.pid"]
    with _server([*command, *files], {}, lambda: _listens(port), "MongoDB"):
        yield f"mongodb://127.0.0.1:{port}/guahao"


@contextmanager
def aws_server() -> Iterator[dict[str, str]]:
    """Run MiniStack with the stack of infra/data.yaml and yield the environment variables of a function that uses it."""
    port = free_port()
    variables = {**CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    own = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "LOG_LEVEL": "WARNING"}
    with _server([sys.executable, "-m", "ministack"], own, lambda: _listens(port), "MiniStack"):
        yield {**variables, **_create_data_stack(variables["AWS_ENDPOINT_URL"])}


@contextmanager
def _server(command: list[str], variables: Mapping[str, str], ready: Callable[[], bool], name: str) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="guahao-test-") as folder:
        clean = {"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder, "STATE_DIR": folder, "S3_DATA_DIR": f"{folder}/s3"}
        log = Path(folder, "log")
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=folder, env={**clean, **variables}, stdout=output, stderr=output)
        try:
            _await(ready, process, log, name)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, name: str) -> None:
    end = time.monotonic() + 60
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{name} did not start; its last words: {log.read_text(errors='replace')[-500:]}")
        time.sleep(0.05)


@contextmanager
def _own_database(url: str) -> Iterator[str]:
    name = f"guahao-test-{uuid4().hex[:12]}"
    client: MongoClient[dict[str, Any]] = MongoClient(url)
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        client.drop_database(name)
        client.close()


def _redis_answers(port: int) -> bool:
    with Redis(host="127.0.0.1", port=port, socket_timeout=1) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def new_secret(text: str) -> str:
    """Keep the text in a new secret of the running AWS and return its name."""
    name: str = client("secretsmanager").create_secret(Name=f"test/{uuid4().hex}", SecretString=text)["Name"]
    return name


def _create_data_stack(endpoint: str) -> dict[str, str]:
    session = botocore.session.get_session()
    session.set_credentials("test", "test")
    formation = session.create_client("cloudformation", region_name="us-east-1", endpoint_url=endpoint)
    formation.create_stack(StackName="guahao-data", TemplateBody=(ROOT / "infra" / "data.yaml").read_text())
    formation.get_waiter("stack_create_complete").wait(StackName="guahao-data", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    outputs = formation.describe_stacks(StackName="guahao-data")["Stacks"][0]["Outputs"]
    return {VARIABLES[o["OutputKey"]]: o["OutputValue"] for o in outputs if o["OutputKey"] in VARIABLES}
