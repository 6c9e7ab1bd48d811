"""The laws of the house that its sources must keep; import-linter keeps those between rooms."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from infra.functions import FOLDERS, ROOT, apis, load_handler, names

from guahao.runtime.api import Api

GUAHAO = ROOT / "layers" / "core" / "python" / "guahao"
LINES, HTTP_LINES, HTTP_ROUTES, HANDLER_LINES = 300, 80, 5, 40
OWN = ("guahao.bootstrap", "guahao.runtime", "guahao.contracts", "guahao.domain.errors")
# The libraries of each room, where import-linter can only list those that are not its own.
LIBRARIES = {
    "domain": set(),
    "ports": set(),
    "usecases": set(),
    "bootstrap": set(),
    "contracts": {"pydantic"},
    "runtime": {"chalice", "pydantic"},
    "adapters": {"argon2", "jwt", "pyotp", "qrcode"},
    "adapters/aliyun": {"urllib3"},
    "adapters/aws": {"botocore"},
    "adapters/dynamo": {"botocore", "pynamodb"},
    "adapters/hospital": {"pydantic"},
    "adapters/mongo": {"pymongo"},
    "adapters/redis": {"redis"},
    "adapters/wechat": {"pydantic", "requests", "wechatpayv3"},
    "adapters/xlsx": {"xlsxwriter"},
}
QUERIES = "guahao.contracts.queries"
APPS = sorted(FOLDERS.glob("*/app.py"))
USECASES = sorted((GUAHAO / "usecases").rglob("*.py"))
FUNCTION_FILES = sorted(FOLDERS.rglob("*.py"))
SOURCES = [path for folder in ("functions", "layers", "infra", "bench", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> set[str]:
    """Return every module that the file imports, wherever in it."""
    return set(_imported(ast.parse(path.read_text())))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def libraries(modules: set[str]) -> set[str]:
    """Return the third-party packages among the modules."""
    return {module.split(".")[0] for module in modules} - sys.stdlib_module_names - {"guahao"}


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=relative)
def test_a_function_knows_only_what_a_function_may(path: Path) -> None:
    modules = imported(path)
    assert libraries(modules) <= {"pydantic", *(own.stem for own in path.parent.glob("*.py"))}
    assert [module for module in modules if module.split(".")[0] == "guahao" and not module.startswith(OWN)] == []
    assert "guahao.bootstrap" not in modules, "name the capability: the room as a whole loads every library"


@pytest.mark.parametrize("path", APPS, ids=relative)
def test_a_function_knows_one_capability(path: Path) -> None:
    # Parts are of all capabilities.
    builders = {module for module in imported(path) if module.startswith("guahao.bootstrap.")} - {"guahao.bootstrap.parts"}
    assert len(builders) <= 1


@pytest.mark.parametrize("path", APPS, ids=relative)
def test_a_handler_only_parses_calls_and_answers(path: Path) -> None:
    tree = ast.parse(path.read_text())
    forbidden = (ast.Try, ast.TryStar, ast.While, ast.If, ast.Raise, ast.With, ast.ClassDef, ast.AsyncFunctionDef)
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, forbidden)] == []
    assert imported(path).isdisjoint({"os", "time", "datetime"}), "the environment and the clock belong to bootstrap"


@pytest.mark.parametrize("name", apis())
def test_what_an_address_asks_is_a_query_of_the_contracts(name: str) -> None:
    asked = [route.input for route in apis()[name].routes if route.method == "GET" and route.input]
    assert [model.__name__ for model in asked if model.__module__ != QUERIES] == []


@pytest.mark.parametrize("path", APPS, ids=relative)
def test_a_handler_hands_on_a_query_whole(path: Path) -> None:
    tree = ast.parse(path.read_text())
    queries = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == QUERIES for alias in node.names}
    handlers = [node for node in tree.body if isinstance(node, ast.FunctionDef) and queries & names_in(node.args)]
    assert bool(queries) is bool(handlers)
    for handler in handlers:
        nodes = list(ast.walk(handler))
        read = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr == "input"]
        assert len(read) == 1, f"{handler.name} gives its query to the use case, once"
        calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        assert any(read[0] in call.args for call in calls), f"{handler.name} takes its query apart"


@pytest.mark.parametrize("path", USECASES, ids=relative)
def test_a_use_case_takes_a_query_whole(path: Path) -> None:
    taken = {node.arg for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.arg)}
    assert taken.isdisjoint({"cursor", "limit"})


def names_in(tree: ast.AST) -> set[str]:
    """Return every name that is read in a part of a source."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("name", names())
def test_a_handler_is_small(name: str) -> None:
    lines, handler = len((FOLDERS / name / "app.py").read_text().splitlines()), load_handler(name)
    assert lines <= (HTTP_LINES if isinstance(handler, Api) else HANDLER_LINES)
    assert len(getattr(handler, "routes", [])) <= HTTP_ROUTES


def test_every_file_is_small() -> None:
    assert {relative(path): lines for path in SOURCES if (lines := len(path.read_text().splitlines())) > LINES} == {}


@pytest.mark.parametrize("path", sorted(GUAHAO.rglob("*.py")), ids=lambda path: str(path.relative_to(GUAHAO)))
def test_a_room_uses_its_own_libraries(path: Path) -> None:
    room = str(path.parent.relative_to(GUAHAO))
    assert libraries(imported(path)) <= LIBRARIES.get(room, set()), f"a new library in {room} is a decision: write it into LIBRARIES"


def test_no_two_functions_answer_at_one_address() -> None:
    addresses = [(route.method, route.path) for api in apis().values() for route in api.routes]
    assert len(addresses) == len(set(addresses))


def test_path_parameters_of_one_place_have_one_name() -> None:
    """Chalice and the gateway know a route by its exact path, so {id} and {orderId} in one place would be two."""
    named: dict[str, set[str]] = {}
    for api in apis().values():
        for path in {route.path for route in api.routes}:
            parts = path.split("/")
            for position, part in enumerate(parts):
                if part.startswith("{"):
                    named.setdefault("/".join("*" if of.startswith("{") else of for of in parts[:position]), set()).add(part)
    assert {place: found for place, found in named.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", apis())
def test_a_route_says_what_it_does(name: str) -> None:
    assert [route.path for route in apis()[name].routes if not route.summary.endswith(".")] == []
