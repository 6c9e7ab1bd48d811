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
from infra.documents.stacks import functions
from infra.functions import FOLDERS, ROOT, names
from infra.settings import builders
from infra.simulators.wechat import keys

from tests.functions import SERVERS, VARIABLES, limits

# What it takes to have a library in use, and nothing of ours.
LIBRARIES = {
    "argon2": "import argon2",
    "botocore": "import botocore.session, botocore.config",
    "chalice": "import chalice.app",
    "jwt": "import jwt",
    "pydantic": "import pydantic; pydantic.create_model('Model', field=(int, 1))",
    "pymongo": "import pymongo; pymongo.MongoClient('mongodb://127.0.0.1:1/?connect=false')",
    "pynamodb": "import pynamodb.models, pynamodb.transactions",
    "pyotp": "import pyotp",
    "qrcode": "import qrcode, qrcode.image.svg",
    "redis": "import redis; redis.Redis.from_url('redis://127.0.0.1:1')",
    "wechatpayv3": "import wechatpayv3.core, wechatpayv3.utils",
    "xlsxwriter": "import xlsxwriter",
}
HTTP = {"chalice", "pydantic"}


GATEWAY = HTTP | {"botocore", "pymongo", "pynamodb", "redis"}
# What each function needs.
FUNCTIONS = {
    "administrator_sessions": HTTP | {"argon2", "botocore", "jwt", "pynamodb", "pyotp"},
    "administrators": HTTP | {"argon2", "botocore", "pynamodb", "pyotp"},
    "audit": HTTP | {"botocore", "pynamodb"},
    "audit_log": HTTP | {"pynamodb"},
    "authorizer": {"botocore", "jwt", "pynamodb"},
    "booking": HTTP | {"pynamodb", "redis"},
    "catalog": HTTP | {"botocore", "pymongo", "redis"},
    "daily_no_shows": {"botocore", "pydantic", "pynamodb"},
    "dictionary": HTTP | {"botocore", "redis"},
    "dictionary_imports": HTTP | {"botocore", "pynamodb"},
    "exports": HTTP | {"botocore", "pynamodb"},
    "hospital_access": GATEWAY,
    "hospital_schedules_admin": HTTP | {"botocore", "pymongo", "redis"},
    "hospital_settings": GATEWAY,
    "hospitals_admin": HTTP | {"pymongo", "pynamodb", "redis"},
    "identity": HTTP | {"botocore", "pynamodb"},
    "login": HTTP | {"botocore", "jwt", "pynamodb", "redis"},
    "login_code": HTTP | {"botocore", "pynamodb", "redis"},
    "on_export_requested": {"botocore", "pydantic", "pynamodb", "xlsxwriter"},
    "on_hold_expired": {"botocore", "pydantic", "pynamodb", "wechatpayv3"},
    "on_identity_changed": {"botocore", "pydantic", "pynamodb"},
    "on_import_requested": {"botocore", "pydantic", "pynamodb", "redis", "xlsxwriter"},
    "on_job_requested": {"botocore", "pydantic", "pynamodb"},
    "on_no_show": {"pydantic", "pynamodb"},
    "on_order_changed": {"botocore", "pydantic", "pynamodb", "redis"},
    "on_partner_call": {"botocore", "pydantic", "pynamodb"},
    "on_reminder": {"botocore", "pydantic", "pynamodb"},
    "on_settlement": {"botocore", "pydantic", "pynamodb", "wechatpayv3"},
    "on_sms": {"botocore", "pydantic", "pynamodb"},
    "on_statistics": {"botocore", "pydantic", "pynamodb"},
    "on_substitution": {"botocore", "pydantic", "pymongo", "pynamodb"},
    "on_suspension": {"botocore", "pydantic", "pymongo", "pynamodb", "redis"},
    "openapi": HTTP,
    "orders_admin": HTTP | {"botocore", "pynamodb"},
    "partner_departments": GATEWAY,
    "partner_hospital": GATEWAY,
    "partner_schedules": GATEWAY,
    "patients": HTTP | {"botocore", "pynamodb"},
    "payment": HTTP | {"botocore", "pynamodb", "qrcode", "redis", "wechatpayv3"},
    "payment_notify": HTTP | {"botocore", "pynamodb", "wechatpayv3"},
    "reconcile_bill": {"botocore", "pydantic", "pymongo", "pynamodb", "redis", "wechatpayv3"},
    "reconcile_orders": {"botocore", "pydantic", "pymongo", "pynamodb", "redis", "wechatpayv3"},
    "refunds_by_hand": HTTP | {"botocore", "pynamodb", "wechatpayv3"},
    "schedules": HTTP | {"botocore", "pymongo", "redis"},
    "search": HTTP | {"botocore", "pymongo", "redis"},
    "statistics": HTTP | {"pynamodb"},
    "users": HTTP | {"botocore", "pynamodb"},
    "visit_reminder": {"botocore", "pydantic", "pynamodb"},
}
FOREIGN_RATIO = 1.05
OWN_MODULES = 80
# Reconciliation looks after every capability, and nobody waits for it.
RECONCILING_MODULES = 95
# Each function is loaded in a process of its own, twice.
pytestmark = pytest.mark.slow
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
SET_VARIABLES = "import os; os.environ.update({settings!r})"
HOLD_SECRETS = """
import types
import guahao.adapters.aws.secrets
held = {secrets!r}
guahao.adapters.aws.secrets.client = lambda _: types.SimpleNamespace(get_secret_value=lambda SecretId: {{"SecretString": held[SecretId]}})
"""
SETTINGS = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", **{name: name for name in VARIABLES if name.endswith("_SECRET")}}
GIVEN_SECRETS = {function.name for function in functions() if any(name.endswith("_SECRET") for name in function.variables)}


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
    def own(self) -> set[str]:
        """Ours that hold something: the packages above them are empty."""
        ours = self.built - self.foreign
        return ours - {module.rpartition(".")[0] for module in ours}

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
    set_variables = SET_VARIABLES.format(settings=settings())
    merchant = json.dumps(keys.ensure(tmp_path_factory.mktemp("keys")))
    hold_secrets = HOLD_SECRETS.format(secrets={**SERVERS, "WECHAT_PAY_SECRET": merchant})

    def load_library(name: str) -> list[str]:
        return load([layer], [LIBRARIES[name]])[-1]

    def load_function(name: str) -> list[list[str]]:
        steps = [hold_secrets] if name in GIVEN_SECRETS else []
        steps += [f"from {build.__module__} import {build.__name__}; {build.__name__}()" for build in builders(name)]
        loaded = load([layer, ROOT / "layers" / "core" / "python", FOLDERS / name], ["import app", set_variables, *steps])
        return [loaded[0], loaded[-1]]

    with ThreadPoolExecutor(2) as two:
        libraries = dict(zip(LIBRARIES, two.map(load_library, LIBRARIES), strict=True))
        of_functions = dict(zip(FUNCTIONS, two.map(load_function, FUNCTIONS), strict=True))
    return {name: (*of_functions[name], [module for need in FUNCTIONS[name] for module in libraries[need]]) for name in FUNCTIONS}


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
    return dict.fromkeys(VARIABLES, "x") | limits() | SETTINGS


def packages(modules: set[str]) -> set[str]:
    return {module.split(".")[0] for module in modules} - sys.stdlib_module_names


def table(found: dict[str, Loaded]) -> str:
    lines = [f"\n{'modules of':20}{'imported':>9}{'built':>7}{'own':>5}{'libraries':>10}{'ratio':>7}\n"]
    for name, of in found.items():
        lines.append(f"{name:20}{len(of.imported):9}{len(of.built):7}{len(of.own):5}{len(of.libraries):10}{of.ratio:7.2f}\n")
    return "".join(lines)


def test_every_function_has_a_budget() -> None:
    assert sorted(FUNCTIONS) == names()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_no_package_beside_those_it_needs(name: str, loaded: dict[str, Loaded]) -> None:
    assert packages(loaded[name].foreign) <= packages(loaded[name].libraries)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_needs_no_more_than_it_loads(name: str, loaded: dict[str, Loaded]) -> None:
    assert packages(loaded[name].built) >= FUNCTIONS[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_hardly_more_than_its_libraries(name: str, loaded: dict[str, Loaded]) -> None:
    extra = sorted(loaded[name].foreign - loaded[name].libraries)
    assert loaded[name].ratio <= FOREIGN_RATIO, extra


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_loads_its_own_capability_only(name: str, loaded: dict[str, Loaded]) -> None:
    most = RECONCILING_MODULES if name.startswith("reconcile_") else OWN_MODULES
    assert len(loaded[name].own) <= most
