"""The papers are true: what is generated is current, and what is written by hand names only what there is."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from infra.cloudformation import read
from infra.documents import __main__ as documents
from infra.documents.markdown import with_parts
from infra.documents.rooms import CAPABILITIES, GUAHAO, ROOMS
from infra.functions import ROOT
from infra.generated import FIRST_LINE

LINES = 300
MAIN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
READMES = sorted((ROOT / "infra").rglob("README.md"))
PAPERS = [*MAIN, *READMES, ROOT / "infra" / "permissions.md"]
FOLDERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
# Where a path that a paper names begins: at the top of the repository, or with a room.
NAMED = re.compile(rf"(?<![\w/.:{{}}-])(?:{'|'.join([*FOLDERS, *ROOMS])})/[\w.<>*/-]*")
ALARMS: dict[str, Any] = read(ROOT / "infra" / "alarms.yaml")["Resources"]
RUNBOOK = (ROOT / "docs" / "operations.md").read_text().split("## Runbook\n", 1)[1]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def alarms() -> dict[str, list[str]]:
    """Return what each alarm is repeated for, nothing for one that is alone."""
    found: dict[str, list[str]] = {}
    for name, resource in ALARMS.items():
        if name.startswith("Fn::ForEach::"):
            found[name.removeprefix("Fn::ForEach::")] = resource[1]
        elif resource["Type"] == "AWS::CloudWatch::Alarm":
            found[name] = []
    return found


def sections() -> dict[str, str]:
    """Return the runbook's sections by their headings."""
    parts = re.split(r"^### (.+)$", RUNBOOK, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def anchors(file: Path) -> set[str]:
    """Return the names under which the headings of a paper can be reached."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_stored_papers_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["documents", "--check"])
    documents.main()


def test_a_stale_paper_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    stale = {documents.ARCHITECTURE: "another text", ROOT / "README.md": (ROOT / "README.md").read_text()}
    monkeypatch.setattr(sys, "argv", ["documents", "--check"])
    monkeypatch.setattr(documents, "documents", lambda: stale)
    with pytest.raises(SystemExit, match=r"^docs/architecture\.md does not say .* run `make openapi` and commit what it writes\.$"):
        documents.main()


@pytest.mark.parametrize("file", [*documents.documents(), ROOT / "infra" / "permissions.md"], ids=relative)
def test_a_generated_paper_says_so_in_its_first_line(file: Path) -> None:
    assert re.fullmatch(r"<!-- .*[gG]enerated by `make openapi`.* -->", file.read_text().splitlines()[0])


@pytest.mark.parametrize("parts", [{}, {"a": "new\n", "b": "more\n"}])
def test_a_part_without_its_place_and_a_place_without_its_part_are_refused(parts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="places"):
        with_parts("<!-- begin a -->\nold\n<!-- end a -->\n", parts)


def test_each_capability_is_described() -> None:
    assert set(CAPABILITIES) == {folder.name for folder in (GUAHAO / "usecases").iterdir() if (folder / "__init__.py").exists()}


@pytest.mark.parametrize("file", [file for file in MAIN if not file.read_text().startswith(FIRST_LINE)], ids=relative)
def test_a_paper_that_people_write_is_short(file: Path) -> None:
    by_hand = re.sub(r"<!-- begin (\w+) -->.*?<!-- end \1 -->", "", file.read_text(), flags=re.DOTALL)
    assert len(by_hand.splitlines()) <= LINES


@pytest.mark.parametrize("file", PAPERS, ids=relative)
def test_every_file_that_a_paper_names_is_there(file: Path) -> None:
    missing = []
    for named in NAMED.findall(file.read_text()):
        path = re.sub(r"<\w+>", "*", named.rstrip("."))
        place = GUAHAO if path.split("/")[0] in ROOMS else ROOT
        if not any(place.glob(path.rstrip("/"))):
            missing.append(named)
    assert missing == []


@pytest.mark.parametrize("file", PAPERS, ids=relative)
def test_every_link_leads_somewhere(file: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", file.read_text()):
        path, _, anchor = link.partition("#")
        target = (file.parent / path) if path else file
        if not re.match(r"[a-z]+:", link) and not (target.exists() and (not anchor or anchor in anchors(target))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("file", PAPERS, ids=relative)
def test_every_command_that_a_paper_names_is_there(file: Path) -> None:
    text = file.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^|&& )make ([a-z]+)", text, re.MULTILINE)) <= targets
    modules = {ROOT.joinpath(*name.split(".")) for name in re.findall(r"python -m (infra[\w.]*\w)", text)}
    assert {module for module in modules if not (module.with_suffix(".py").exists() or (module / "__main__.py").exists())} == set()


def test_every_alarm_has_its_section_in_the_runbook_and_every_section_its_alarm() -> None:
    assert sorted(sections()) == sorted(alarms())


@pytest.mark.parametrize(("alarm", "values"), alarms().items())
def test_a_section_with_a_table_has_a_row_for_each_thing_that_its_alarm_watches(alarm: str, values: list[str]) -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", sections()[alarm], re.MULTILINE)
    assert not rows or sorted(rows) == sorted(values)
