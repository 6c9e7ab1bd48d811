"""The rooms of the house and the shelves in them, from the folders and their imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.documents.markdown import code, mermaid, table
from infra.functions import FOLDERS, ROOT, names

GUAHAO = ROOT / "layers" / "core" / "python" / "guahao"
ROOMS = sorted(folder.name for folder in GUAHAO.iterdir() if (folder / "__init__.py").exists())
# What a capability is about, by the name of its folder in usecases/.
CAPABILITIES = {
    "people": "users and their sessions, identities and their audit, patients",
    "administration": "administrators, the audit log, jobs and exports",
    "booking": "numbers, orders, the ledger, attendance and no-shows",
    "payment": "payments, the end of holds, settlements, refunds by hand",
    "catalog": "what anyone sees: hospitals, departments, bookable days, search",
    "hospitals": "settings and access of hospitals, what partner systems call and are told, suspensions and substitutions",
    "dictionary": "the tree of coded values and its imports",
    "notices": "SMS and reminders",
    "statistics": "counts of orders, and counting anew",
    "reconciliation": "what is compared and brought to its end, every five minutes and every day",
}


def picture() -> str:
    """Return which room imports which; an arrow goes from who knows to who is known."""
    arrows = sorted({(_room(file), known) for file in _files() for known in _known(file) if known != _room(file)})
    return mermaid(["flowchart TD", *(f"    {room} --> {known}" for room, known in arrows)])


def shelves() -> str:
    """Return the capabilities with the functions that serve each."""
    served: dict[str, list[str]] = {name: [] for name in CAPABILITIES}
    for function in names():
        for module in _imports(FOLDERS / function / "app.py"):
            if module.startswith("guahao.bootstrap.") and module != "guahao.bootstrap.parts":
                served[module.split(".")[2]].append(function)
    return table(
        ("folder", "what it is about", "its functions"), [(f"`{name}`", CAPABILITIES[name], code(served[name])) for name in served]
    )


def _files() -> Iterator[Path]:
    yield from FOLDERS.rglob("*.py")
    for room in ROOMS:
        yield from (GUAHAO / room).rglob("*.py")


def _room(file: Path) -> str:
    return file.relative_to(GUAHAO).parts[0] if file.is_relative_to(GUAHAO) else FOLDERS.name


def _known(file: Path) -> set[str]:
    """Return the rooms that the file imports from."""
    modules = [module.split(".") for module in _imports(file)]
    return {parts[1] for parts in modules if parts[0] == "guahao" and len(parts) > 1 and parts[1] in ROOMS}


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
