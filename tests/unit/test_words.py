"""One word for one thing: a function's name leads to its use case, and means the same in every room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from infra.functions import FOLDERS, ROOT, names

from tests.unit.test_template import FUNCTIONS

GUAHAO = ROOT / "layers" / "core" / "python" / "guahao"
SHELVES = sorted(folder.name for folder in (GUAHAO / "usecases").iterdir() if (folder / "__init__.py").exists())


def words(name: str) -> list[str]:
    """Return the words of a name; one or several of a thing are the same word."""
    return [word.rstrip("s") for word in name.split("_")]


TESTS = [words(path.stem.removeprefix("test_")) for path in (ROOT / "tests").rglob("test_*.py")]


def leads_to(function: str) -> set[tuple[str, str]]:
    """Return the modules of use cases, with their shelves, whose names are the longest run of the function's words."""
    own, found = words(function), []
    for path in (GUAHAO / "usecases").glob("*/*.py"):
        name = words(path.stem)
        if any(own[first : first + len(name)] == name for first in range(len(own))):
            found.append((len(name), path.parent.name, path.stem))
    longest = max((length for length, _, _ in found), default=0)
    return {(shelf, module) for length, shelf, module in found if length == longest}


def shelf_of_bootstrap(function: str) -> str | None:
    """Return the shelf of bootstrap that the function builds its use case from, None if it has none."""
    tree = ast.parse((FOLDERS / function / "app.py").read_text())
    taken = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    # Parts are of all shelves.
    return next((m.split(".")[2] for m in taken if m.startswith("guahao.bootstrap.") and m != "guahao.bootstrap.parts"), None)


WITH_USE_CASES = [function for function in names() if shelf_of_bootstrap(function)]


@pytest.mark.parametrize("function", WITH_USE_CASES)
def test_a_functions_name_alone_leads_to_one_shelf_of_use_cases(function: str) -> None:
    assert len({shelf for shelf, _ in leads_to(function)}) == 1, leads_to(function)


@pytest.mark.parametrize("function", WITH_USE_CASES)
def test_a_function_builds_its_use_case_from_the_same_shelf(function: str) -> None:
    assert {shelf for shelf, _ in leads_to(function)} == {shelf_of_bootstrap(function)}


@pytest.mark.parametrize("function", names())
def test_a_function_has_its_name_in_every_room(function: str) -> None:
    resource, properties = FUNCTIONS[function]
    assert resource == "".join(word.title() for word in function.split("_"))
    assert properties["CodeUri"] == f"functions/{function}"
    assert list((ROOT / "events" / function).glob("*.json"))


@pytest.mark.parametrize("function", WITH_USE_CASES)
def test_a_functions_word_names_tests(function: str) -> None:
    modules = [words(module) for _, module in leads_to(function)]
    assert any(name[: len(module)] == module for module in modules for name in TESTS), modules


@pytest.mark.parametrize("room", ["bootstrap", "domain", "ports"])
def test_every_room_has_the_shelves_of_use_cases_and_no_others(room: str) -> None:
    there = {folder.name for folder in (GUAHAO / room).iterdir() if (folder / "__init__.py").exists()}
    assert there <= set(SHELVES)


def test_an_event_names_the_function_that_it_is_for() -> None:
    assert sorted(folder.name for folder in Path(ROOT, "events").iterdir()) == names()
