"""No file takes more memory than 64 MiB to read or to refuse. `pytest -s` shows how much each takes."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from guahao.domain.administration.spreadsheets import LONGEST_TEXT, MOST_CONTENT_BYTES, MOST_FILE_BYTES
from tests.sheets import SHEET, TEXTS, parts_of, sheet_of
from tests.stacks import ENVIRONMENT, ROOT

MOST_KIBIBYTES = 64 * 1024
MANY = 30_000_000
STYLES, LINKS = "xl/styles.xml", "xl/_rels/workbook.xml.rels"

LONG = "n" * 250_000

Changed = dict[str, Iterator[str]]


def repeated(piece: Callable[[int], str], head: str, tail: str, most: int = MANY) -> Iterator[str]:
    """Yield the head, so many pieces that a file still holds them, and the tail."""
    yield head
    length = number = 0
    while length < most:
        block = "".join(piece(each) for each in range(number, number + 10))
        number += 10
        length += len(block)
        yield block
    yield tail


def many(shape: str, number: int, count: int) -> str:
    """Return so many attributes of this shape, in which & is a quote."""
    return " ".join(shape.format(number, each) for each in range(count)).replace("&", '"')


def inside(of: str) -> tuple[str, str]:
    head, tail = str(parts_of(rows="|", texts="|", styles="|")[of]).split("|")
    return head, tail


HARMFUL: dict[str, Callable[[], Changed]] = {
    "one row of empty cells": lambda: {SHEET: repeated(lambda n: f'<c s="{n % 7}"/>', *inside(SHEET))},
    "a cell of many elements": lambda: {SHEET: repeated(lambda n: f"<x{n % 10}/>", sheet_of("<row><c>|</c></row>").split("|")[0], "")},
    "names that are all different": lambda: {SHEET: repeated(lambda n: f"<x{n}/>", *inside(SHEET))},
    "attributes that are all different": lambda: {SHEET: repeated(lambda n: f'<x a{n}=""/>', *inside(SHEET))},
    "prefixes that are all different": lambda: {SHEET: repeated(lambda n: f'<x xmlns:a{n}="u"/>', *inside(SHEET))},
    "names as long as can be": lambda: {SHEET: repeated(lambda n: f"<x{n}{LONG}/>", *inside(SHEET))},
    "attributes with names as long as can be": lambda: {SHEET: repeated(lambda n: f'<x a{n}{LONG}=""/>', *inside(SHEET))},
    "a tag of many attributes": lambda: {SHEET: repeated(lambda n: f"<c {many('a{}b{}=&&', n, 20_000)}/>", *inside(SHEET))},
    "long namespaces at every depth": lambda: {SHEET: repeated(lambda n: f'<a xmlns:a{n % 60}="{LONG}{n}">', *inside(SHEET))},
    "many namespaces at every depth": lambda: {
        SHEET: repeated(lambda n: f"<a {many(f'xmlns:a{{1}}=&{LONG[:990]}{{0}}&', n, 250)}>", *inside(SHEET))
    },
    "depth": lambda: {SHEET: repeated(lambda _: "<a>", *inside(SHEET))},
    "millions of shared texts": lambda: {TEXTS: repeated(lambda n: f"<si><t>{n % 97}</t></si>", *inside(TEXTS))},
    "millions of empty shared texts": lambda: {TEXTS: repeated(lambda n: "<si/>" if n % 3 else "<si></si>", *inside(TEXTS))},
    "long texts in any order": lambda: {
        TEXTS: repeated(lambda n: f"<si><t>{chr(0x20000 + n % 999) * (LONGEST_TEXT - 1)}</t></si>", *inside(TEXTS), 15_000_000),
        SHEET: repeated(lambda n: f'<row><c t="s"><v>{random.Random(n).randrange(450)}</v></c></row>', *inside(SHEET), 500_000),
    },
    "many styles": lambda: {
        STYLES: repeated(
            lambda n: f'<numFmt numFmtId="{n}" formatCode="yyyy{n}"/><xf numFmtId="{n}"/>', inside(STYLES)[0] + "<numFmts>", "</numFmts>"
        )
    },
    "many cell styles": lambda: {STYLES: repeated(lambda n: f'<xf numFmtId="{n % 99}"/>', inside(STYLES)[0] + "<cellXfs>", "</cellXfs>")},
    "many links": lambda: {
        LINKS: repeated(lambda n: f'<Relationship Id="r{n}" Type="t" Target="x"/>', "<Relationships>", "</Relationships>")
    },
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_no_file_takes_more_memory_than_a_function_can_spare(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "harmful.xlsx"
    changed = HARMFUL[kind]()
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        # A picture, so that what is packed too well is not refused for that alone.
        archive.writestr("xl/media/image1.png", random.Random(1).randbytes(600_000))
        for name, content in parts_of().items():
            if name not in changed:
                archive.writestr(name, content)
        for name, pieces in changed.items():
            with archive.open(name, "w") as part:
                for piece in pieces:
                    part.write(piece.encode())
        unpacked = sum(entry.file_size for entry in archive.infolist())
    assert unpacked <= MOST_CONTENT_BYTES
    assert peak_of(path, kind) <= MOST_KIBIBYTES


def test_no_directory_takes_more_memory_than_a_function_can_spare(tmp_path: Path) -> None:
    path = tmp_path / "harmful.xlsx"
    with ZipFile(path, "w") as archive:
        for number in range(40_000):
            archive.writestr(f"{number}", b"")
    assert path.stat().st_size <= MOST_FILE_BYTES
    assert peak_of(path, "a long directory") <= MOST_KIBIBYTES


def peak_of(path: Path, kind: str) -> int:
    command = [sys.executable, "-m", "tests.integration.spreadsheet_reading", str(path)]
    run = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    peak = int(run.stdout)
    sys.stdout.write(f"\n{kind:34}{path.stat().st_size:10} bytes{peak / 1024:8.1f} MiB at most")
    return peak
