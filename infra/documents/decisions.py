"""The index of the decisions, from their headings."""

from __future__ import annotations

from pathlib import Path

from infra.documents.markdown import table
from infra.functions import ROOT
from infra.generated import FIRST_LINE

FOLDER = ROOT / "infra" / "decisions"
_HEADING = """# Decisions

Why things are as they are, half a page each. Whoever changes one writes another, in the same commit. Old ones name files and things as they
were called then; the [glossary](../../docs/glossary.md) has the words of today.

"""


def document() -> str:
    """Return the index."""
    rows = [_row(file) for file in sorted(FOLDER.glob("[0-9]*.md"))]
    return FIRST_LINE + _HEADING + table(("number", "decision"), rows)


def _row(file: Path) -> tuple[str, str]:
    """Return number and title, which the first line of a decision tells: `# 7. Title`."""
    number, _, title = file.read_text().splitlines()[0].removeprefix("# ").partition(". ")
    if int(number) != int(file.name[:4]):
        raise ValueError(f"{file.name} has the number {number} in its heading")
    return number, f"[{title}]({file.name})"
