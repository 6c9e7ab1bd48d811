"""The little Markdown that generated papers need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

_PART = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with these columns and rows."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def mermaid(lines: Iterable[str]) -> str:
    """Return a picture."""
    return "```mermaid\n" + "".join(f"{line}\n" for line in lines) + "```\n"


def code(words: Iterable[str]) -> str:
    """Return the words as code, one after the other."""
    return ", ".join(f"`{word}`" for word in words)


def counted(number: int, thing: str) -> str:
    """Return the number with the thing's name: 1 day, 7 days."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def with_parts(text: str, parts: Mapping[str, str]) -> str:
    """Return the text with each part between its `begin` and `end` written anew, or raise ValueError if places and parts differ."""
    places = [found[2] for found in _PART.finditer(text)]
    if sorted(places) != sorted(parts):
        raise ValueError(f"the text has places for {sorted(places)}, and there are parts {sorted(parts)}")
    return _PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]}\n{found[3]}", text)
