"""Which variables of the environment each function reads, found by building all that it builds."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from guahao.adapters.aws import clients, secrets
from guahao.adapters.dynamo import base
from guahao.runtime import addresses, settings, timer
from infra.functions import FOLDERS

# A process reads one of these; a function must have the variables of all.
_PROVIDERS = ("sns", "aliyun")


def builders(name: str) -> list[Callable[[], object]]:
    """Return what the function's app.py takes from bootstrap to build its use cases."""
    taken = [found for module, names in _imports(name) if module.startswith("guahao.bootstrap.") for found in _members(module, names)]
    return [member for member in taken if hasattr(member, "cache_clear") and not inspect.signature(member).parameters]


def read_by(name: str, values: Mapping[str, str], secrets_held: Mapping[str, str]) -> set[str]:
    """Return the names of all variables that are read while the function's use cases are built, with these values and secrets."""
    found: set[str] = set()
    modules = {module for module, _ in _imports(name)}
    for provider in _PROVIDERS:
        with _recorded(found, {**values, "SMS_PROVIDER": provider}, secrets_held):
            for build in builders(name):
                build()
            if "guahao.runtime.addresses" in modules:
                addresses.trusted_proxies()
            if "guahao.runtime.timer" in modules:
                timer.each_run(name, lambda _: {})({}, None)
    return found


def forget_built() -> None:
    """Have everything built anew."""
    for module in [loaded for name, loaded in sys.modules.items() if name.startswith("guahao.bootstrap")]:
        for member in vars(module).values():
            if hasattr(member, "cache_clear"):
                member.cache_clear()


@contextmanager
def _recorded(found: set[str], values: Mapping[str, str], secrets_held: Mapping[str, str]) -> Iterator[None]:
    def text(name: str) -> str:
        found.add(name)
        return values.get(name, "x")

    def client(_: str) -> SimpleNamespace:
        return SimpleNamespace(get_secret_value=lambda SecretId: {"SecretString": secrets_held[SecretId]})  # noqa: N803

    _forget()
    with patch.object(settings, "text", text), patch.object(secrets, "client", client):
        yield
    _forget()


def _forget() -> None:
    forget_built()
    for cached in (secrets.secret_text, secrets.secret_json, clients.session, clients.client, base.connection):
        cached.cache_clear()


def _imports(name: str) -> list[tuple[str, list[str]]]:
    tree = ast.parse((FOLDERS / name / "app.py").read_text())
    return [(node.module or "", [alias.name for alias in node.names]) for node in tree.body if isinstance(node, ast.ImportFrom)]


def _members(module: str, names: list[str]) -> list[Any]:
    loaded = importlib.import_module(module)
    return [getattr(loaded, name) for name in names]
