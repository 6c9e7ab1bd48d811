"""Modules that hold nothing but one list."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap


def module(said: str, name: str, words: Iterable[str]) -> str:
    """Return the source of a module that says so and holds the words as a frozen set."""
    lines = "\n".join(f'    "{line} "' for line in wrap(" ".join(words), 120, break_on_hyphens=False))
    return f'"""{said}"""\n\nfrom __future__ import annotations\n\n_WORDS = (\n{lines}\n)\n{name} = frozenset(_WORDS.split())\n'
