"""Environment variables, read when they are needed and never at import."""

from __future__ import annotations

import os
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar


class Dataclass(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Numbers = TypeVar("Numbers", bound=Dataclass)


class MissingSetting(RuntimeError):
    """The environment lacks a variable that `template.yaml` should have set."""


def text(name: str) -> str:
    """Return the variable or raise MissingSetting."""
    value = os.environ.get(name)
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set: template.yaml gives it to each function that needs it")
    return value


def integer(name: str) -> int:
    """Return the variable as a whole number."""
    return int(text(name))


def numbers(kind: type[Numbers], prefix: str) -> Numbers:
    """Return the dataclass of whole numbers that the variables tell: with the prefix LOGIN_CODE_, `attempts` is LOGIN_CODE_ATTEMPTS."""
    return kind(**{field.name: integer(prefix + field.name.upper()) for field in fields(kind)})


def words(name: str) -> tuple[str, ...]:
    """Return the words that stand in the variable with commas between them."""
    return tuple(text(name).split(","))
