"""The parts of a workbook, unpacked in pieces and within limits, so that a harmful file does no harm."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, is_zipfile

from guahao.domain.administration.spreadsheets import MOST_CONTENT_BYTES
from guahao.domain.errors import SpreadsheetRefused

# Far above what spreadsheet programs write, far below what does harm.
_MOST_PARTS = 1000
_MOST_RATIO = 200
_LEAST_BYTES_OF_A_BOMB = 10 * 1024 * 1024
_DEEPEST = 64
_LONGEST_TOKEN = 1024 * 1024
_PIECE = 64 * 1024

_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x1
# The errors of zipfile, zlib and expat for damaged bytes.
_BROKEN = (BadZipFile, EOFError, LookupError, NotImplementedError, ValueError, zlib.error, expat.ExpatError)
_DAMAGED = "The file is damaged: open it in a spreadsheet program and save it once more as .xlsx."
NO_WORKBOOK = "The file holds no workbook with a sheet in it. Save the table in a spreadsheet program as .xlsx."
_TOO_LARGE = "The file unpacks to more than a spreadsheet of this size holds. Save the rows alone as a new .xlsx file."


class Handler(Protocol):
    """Receives the content of a part, in order; names come without their namespace."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


class Parts:
    """An open workbook."""

    def __init__(self, file: BinaryIO) -> None:
        """Open the file, or raise SpreadsheetRefused. The sizes in its directory are used only to refuse the file."""
        beginning = file.read(len(_OLD_FORMAT))
        file.seek(0)
        if beginning == _OLD_FORMAT:
            raise SpreadsheetRefused("The file is an old .xls or protected by a password. Save it without one as .xlsx.")
        if not is_zipfile(file):
            raise SpreadsheetRefused("The file is no .xlsx workbook. Save the table in a spreadsheet program as .xlsx.")
        try:
            self._archive = ZipFile(file)
        except _BROKEN as error:
            raise SpreadsheetRefused(_DAMAGED) from error
        self._left = MOST_CONTENT_BYTES
        _require_harmless(self._archive)

    def __contains__(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def read_whole(self, name: str, handler: Handler) -> None:
        """Feed the part to the handler, or raise SpreadsheetRefused."""
        for _ in self.read(name, handler):
            pass

    def read(self, name: str, handler: Handler) -> Iterator[None]:
        """Feed the part to the handler, pausing after each piece, or raise SpreadsheetRefused."""
        if name not in self:
            raise SpreadsheetRefused(NO_WORKBOOK)
        parser = _parser(handler)
        fed = 0
        try:
            with self._archive.open(name) as part:
                while piece := part.read(_PIECE):
                    self._left -= len(piece)
                    fed += len(piece)
                    # expat keeps a token until it ends, and scans it again with each piece.
                    if self._left < 0 or fed - max(0, parser.CurrentByteIndex) > _LONGEST_TOKEN:
                        raise SpreadsheetRefused(_TOO_LARGE)
                    parser.Parse(piece)
                    yield
            parser.Parse(b"", True)
        except _BROKEN as error:
            raise SpreadsheetRefused(_DAMAGED) from error
        yield


def _require_harmless(archive: ZipFile) -> None:
    entries = archive.infolist()
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    bomb = unpacked > _LEAST_BYTES_OF_A_BOMB and unpacked > _MOST_RATIO * packed
    if len(entries) > _MOST_PARTS or unpacked > MOST_CONTENT_BYTES or bomb:
        raise SpreadsheetRefused(_TOO_LARGE)
    if any(entry.flag_bits & _ENCRYPTED or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise SpreadsheetRefused("The file is encrypted or packed in an unusual way. Save it without a password as .xlsx.")
    if len({entry.filename for entry in entries}) < len(entries):
        raise SpreadsheetRefused(_DAMAGED)


def _parser(handler: Handler) -> expat.XMLParserType:
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise SpreadsheetRefused(_DAMAGED)
        handler.start(local(tag), {local(name): value for name, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(local(tag))

    def refuse_doctype(*_: object) -> None:
        # No spreadsheet program writes one, and an attack by growing entities needs one.
        raise SpreadsheetRefused("The file declares a document type, which no spreadsheet does. Save it once more as .xlsx.")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, handler.text
    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser


def local(name: str) -> str:
    """Return an element's or attribute's name without its namespace, which differs between the two editions of the standard."""
    return name.rpartition(" ")[2]


def beside(part: str, target: str) -> str:
    """Return the name of the part that a relationship in another part points to."""
    path = PurePosixPath(target[1:]) if target.startswith("/") else PurePosixPath(part).parent / target
    steps: list[str] = []
    for step in path.parts:
        if step == "..":
            steps = steps[:-1]
        else:
            steps.append(step)
    return "/".join(steps)
