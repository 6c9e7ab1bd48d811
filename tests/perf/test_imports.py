"""A function loads the libraries that it needs and little more: counted in modules, which is the same on every machine.

Each function is loaded as Lambda does, in a process of its own that sees the packages of the layers alone, and then builds its use cases.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from infra.functions import FOLDERS, ROOT, names
from infra.simulators.wechat import keys

from tests.functions import TEMPLATE, limits

# What it takes to have a library in use, and nothing of ours.
LIBRARIES = {
    "argon2": "import argon2",
    "botocore": "import botocore.session, botocore.config",
    "chalice": "import chalice.app",
    "jwt": "import jwt",
    "openpyxl": "import openpyxl, openpyxl.styles",
    "pydantic": "import pydantic; pydantic.create_model('Model', field=(int, 1))",
    "pymongo": "import pymongo; pymongo.MongoClient('mongodb://127.0.0.1:1/?connect=false')",
    "pynamodb": "import pynamodb.models, pynamodb.transactions",
    "pyotp": "import pyotp",
    "qrcode": "import qrcode, qrcode.image.svg",
    "redis": "import redis; redis.Redis.from_url('redis://127.0.0.1:1')",
    "wechatpayv3": "import wechatpayv3.core, wechatpayv3.utils",
}
HTTP = {"chalice", "pydantic"}


@dataclass(frozen=True)
class Function:
    """What a function needs, and the builders of its use cases: {module of bootstrap: functions there}."""

    needs: set[str]
    builders: dict[str, list[str]]


GATEWAY = HTTP | {"botocore", "pymongo", "pynamodb", "redis"}
PUBLISHING = {"gateway_access": ["gateway_access"], "publishing": ["publishing"]}
FUNCTIONS = {
    "administrator_sessions": Function(
        HTTP | {"argon2", "botocore", "jwt", "pynamodb", "pyotp"}, {"administrators": ["administrator_desk"]}
    ),
    "administrators": Function(HTTP | {"argon2", "botocore", "pynamodb", "pyotp"}, {"administrators": ["administration"]}),
    "audit": Function(HTTP | {"botocore", "pynamodb"}, {"audit": ["audit"]}),
    "audit_entries": Function(HTTP | {"pynamodb"}, {"audit_log": ["deeds"]}),
    "authorizer": Function({"botocore", "jwt", "pynamodb"}, {"authorizer": ["authorizer"]}),
    "booking": Function(HTTP | {"pynamodb", "redis"}, {"booking": ["booking"]}),
    "catalog": Function(HTTP | {"pymongo", "redis"}, {"catalog": ["hospitals"]}),
    "daily_no_shows": Function({"botocore", "pydantic", "pynamodb"}, {"no_shows": ["missed_visits"]}),
    "daily_reminder": Function({"botocore", "pydantic", "pynamodb"}, {"reminders": ["reminders"]}),
    "daily_reconcile": Function(
        {"botocore", "pydantic", "pymongo", "pynamodb", "redis", "wechatpayv3"}, {"reconciliation": ["daily_reconciliation"]}
    ),
    "dictionary": Function(HTTP | {"redis"}, {"dictionary": ["dictionary_desk"]}),
    "dictionary_imports": Function(HTTP | {"botocore", "pynamodb"}, {"jobs": ["import_desk"]}),
    "every_five_minutes_reconcile": Function(
        {"botocore", "pydantic", "pynamodb", "redis", "wechatpayv3"}, {"reconciliation": ["reconciliation"]}
    ),
    "exports": Function(HTTP | {"botocore", "pynamodb"}, {"jobs": ["export_desk"]}),
    "gateway_departments": Function(GATEWAY, PUBLISHING),
    "gateway_schedules": Function(GATEWAY, {"gateway_access": ["gateway_access"], "publishing": ["session_publishing"]}),
    "hospital_contracts": Function(GATEWAY, {"hospital_settings": ["contracts"]}),
    "hospital_gateway": Function(GATEWAY, PUBLISHING | {"publishing": ["publishing", "attendance"]}),
    "hospital_schedules_admin": Function(HTTP | {"pymongo", "redis"}, {"hospitals_admin": ["session_desk"]}),
    "hospital_settings": Function(GATEWAY, {"hospital_settings": ["contracts"]}),
    "hospitals_admin": Function(HTTP | {"pymongo", "pynamodb", "redis"}, {"hospitals_admin": ["catalog_desk"]}),
    "identity": Function(HTTP | {"botocore", "pynamodb"}, {"identity": ["identity_desk"]}),
    "login": Function(HTTP | {"botocore", "jwt", "pynamodb", "redis"}, {"accounts": ["account_desk"]}),
    "login_code": Function(HTTP | {"botocore", "redis"}, {"accounts": ["login_code_desk"]}),
    "on_export_requested": Function({"botocore", "openpyxl", "pydantic", "pynamodb"}, {"exports": ["exports"]}),
    "on_hold_expired": Function({"botocore", "pydantic", "pynamodb", "wechatpayv3"}, {"payment": ["holds"]}),
    "on_hospital_call": Function({"botocore", "pydantic", "pynamodb"}, {"gateway": ["hospital_calls"]}),
    "on_import_requested": Function({"botocore", "openpyxl", "pydantic", "pynamodb", "redis"}, {"imports": ["imports"]}),
    "on_job_requested": Function({"botocore", "pydantic", "pynamodb"}, {"jobs": ["job_queue"]}),
    "on_identity_changed": Function({"botocore", "pydantic", "pynamodb"}, {"identity_changes": ["_identity_changes"]}),
    "on_no_show": Function({"pydantic", "pynamodb"}, {"no_shows": ["no_shows"]}),
    "on_order_changed": Function({"botocore", "pydantic", "pynamodb", "redis"}, {"order_changes": ["_order_changes"]}),
    "on_reminder": Function({"botocore", "pydantic", "pynamodb"}, {"notices": ["notices"]}),
    "on_settlement": Function({"botocore", "pydantic", "pynamodb", "wechatpayv3"}, {"payment": ["payments"]}),
    "on_sms": Function({"botocore", "pydantic", "pynamodb"}, {"notices": ["notices"]}),
    "on_statistics": Function({"botocore", "pydantic", "pynamodb"}, {"statistics": ["counting"]}),
    "on_suspension": Function({"botocore", "pydantic", "pymongo", "pynamodb", "redis"}, {"suspensions": ["suspended_sessions"]}),
    "openapi": Function(HTTP, {}),
    "patients": Function(HTTP | {"botocore", "pynamodb"}, {"patients": ["patients"]}),
    "payment": Function(HTTP | {"botocore", "pynamodb", "qrcode", "redis", "wechatpayv3"}, {"payment": ["checkout", "payments"]}),
    "payment_notify": Function(HTTP | {"botocore", "pynamodb", "wechatpayv3"}, {"payment": ["payments"]}),
    "schedules": Function(HTTP | {"pymongo", "redis"}, {"catalog": ["sessions"]}),
    "search": Function(HTTP | {"pymongo", "redis"}, {"catalog": ["earliest_sessions"]}),
    "statistics": Function(HTTP | {"pynamodb"}, {"statistics": ["booking_statistics"]}),
    "users": Function(HTTP | {"botocore", "pynamodb"}, {"users": ["users"]}),
    "orders_admin": Function(HTTP | {"botocore", "pynamodb"}, {"orders_admin": ["orders_admin"]}),
    "refunds_by_hand": Function(HTTP | {"botocore", "pynamodb", "wechatpayv3"}, {"refunds_by_hand": ["refunds_by_hand"]}),
}
FOREIGN_RATIO = 1.05
OWN_MODULES = 64
# Reconciliation looks after every capability, and nobody waits for it.
RECONCILING_MODULES = 90
OURS = {"guahao", "app", "schemas"}
CHILD = """
import json, os, sys
sys.path += sys.argv[1:]
started, loaded = set(sys.modules), []
os.environ.clear()
for step in json.load(sys.stdin):
    exec(step, {'__name__': 'step'})
    loaded.append(sorted(set(sys.modules) - started))
print(json.dumps(loaded))
"""
# The builders read variables and secrets, and reach nothing.
PREPARE = """
import os, sys, types
os.environ.update({settings!r})
if secrets := sys.modules.get("guahao.adapters.aws.secrets"):
    secrets.client = lambda _: types.SimpleNamespace(get_secret_value=lambda SecretId: {secret!r})
"""
SETTINGS = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
SETTINGS |= {"REDIS_URL": "redis://127.0.0.1:1", "MONGODB_URL": "mongodb://127.0.0.1:1/guahao?connect=false"}


@dataclass(frozen=True)
class Loaded:
    """The modules that a function has loaded, and those that its libraries load without it."""

    imported: set[str]
    built: set[str]
    libraries: set[str]

    @property
    def foreign(self) -> set[str]:
        return {module for module in self.built if module.split(".")[0] not in OURS}

    @property
    def ratio(self) -> float:
        return len(self.foreign) / len(self.libraries)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Loaded]:
    """Load every function and every set of libraries, once for all workers of a run, and write the table that `pytest -s` shows."""
    own = tmp_path_factory.getbasetemp()
    with Path(own if worker_id == "master" else own.parent, "imports.json").open("a+") as file:
        flock(file, LOCK_EX)
        file.seek(0)
        if not (content := file.read()):
            content = json.dumps(measured(tmp_path_factory))
            file.write(content)
    found = {name: Loaded(*map(set, sets)) for name, sets in json.loads(content).items()}
    sys.stdout.write(table(found))
    return found


def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Return for each function what it has imported, what it has built, and what its libraries load."""
    layer = layer_of_links(tmp_path_factory.mktemp("layer"))
    prepare = PREPARE.format(settings=settings(), secret={"SecretString": json.dumps(keys.ensure(tmp_path_factory.mktemp("keys")))})

    def load_library(name: str) -> list[str]:
        return load([layer], [LIBRARIES[name]])[-1]

    def load_function(name: str) -> list[list[str]]:
        steps = [
            f"from guahao.bootstrap.{room} import {build}; {build}()"
            for room, builds in FUNCTIONS[name].builders.items()
            for build in builds
        ]
        loaded = load([layer, ROOT / "layers" / "core" / "python", FOLDERS / name], ["import app", prepare, *steps])
        return [loaded[0], loaded[-1]]

    with ThreadPoolExecutor(2) as two:
        libraries = dict(zip(LIBRARIES, two.map(load_library, LIBRARIES), strict=True))
        functions = dict(zip(FUNCTIONS, two.map(load_function, FUNCTIONS), strict=True))
    return {name: (*functions[name], [module for need in FUNCTIONS[name].needs for module in libraries[need]]) for name in FUNCTIONS}


def load(path: list[Path], steps: list[str]) -> list[list[str]]:
    """Return what is loaded after each step, in a process that sees only the standard library and the path."""
    command = [sys.executable, "-I", "-S", "-B", "-c", CHILD, *map(str, path)]
    run = subprocess.run(command, input=json.dumps(steps), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    modules: list[list[str]] = json.loads(run.stdout)
    return modules


def layer_of_links(folder: Path) -> Path:
    """Fill the folder with links to the packages that requirements.txt puts into the layer, and to no others."""
    for requirement in (ROOT / "requirements.txt").read_text().splitlines():
        try:
            package = distribution(requirement.split("==")[0])
        except PackageNotFoundError:  # for another platform
            continue
        for top in {file.parts[0] for file in package.files or []} - {".."}:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(package.locate_file(top))))
    return folder


def settings() -> dict[str, str]:
    """Return a value for every variable of the template."""
    return dict.fromkeys(TEMPLATE["Globals"]["Function"]["Environment"]["Variables"], "x") | limits() | SETTINGS


def packages(modules: set[str]) -> set[str]:
    return {module.split(".")[0] for module in modules} - sys.stdlib_module_names


def table(found: dict[str, Loaded]) -> str:
    lines = [f"\n{'modules of':20}{'imported':>9}{'built':>7}{'own':>5}{'libraries':>10}{'ratio':>7}\n"]
    for name, of in found.items():
        own = len(of.built) - len(of.foreign)
        lines.append(f"{name:20}{len(of.imported):9}{len(of.built):7}{own:5}{len(of.libraries):10}{of.ratio:7.2f}\n")
    return "".join(lines)


def test_every_function_has_a_budget() -> None:
    assert sorted(FUNCTIONS) == names()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_no_package_beside_those_it_needs(name: str, loaded: dict[str, Loaded]) -> None:
    assert packages(loaded[name].foreign) <= packages(loaded[name].libraries)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_needs_no_more_than_it_loads(name: str, loaded: dict[str, Loaded]) -> None:
    assert packages(loaded[name].built) >= FUNCTIONS[name].needs


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_hardly_more_than_its_libraries(name: str, loaded: dict[str, Loaded]) -> None:
    extra = sorted(loaded[name].foreign - loaded[name].libraries)
    assert loaded[name].ratio <= FOREIGN_RATIO, extra


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_its_own_capability_only(name: str, loaded: dict[str, Loaded]) -> None:
    most = RECONCILING_MODULES if name.endswith("_reconcile") else OWN_MODULES
    assert len(loaded[name].built) - len(loaded[name].foreign) <= most
