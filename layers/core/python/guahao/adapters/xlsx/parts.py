"""The parts of a workbook, unpacked in pieces and within limits, so that a harmful file does no harm."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import SEEK_END
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, is_zipfile

from guahao.adapters.xlsx.elements import DAMAGED, Element, follow, require_few_names
from guahao.domain.administration.spreadsheets import MOST_CONTENT_BYTES
from guahao.domain.errors import SpreadsheetRefused

# Far above what spreadsheet programs write, far below what does harm.
_MOST_PARTS = 1000
_LONGEST_ENTRY = 1024
_END_OF_A_ZIP = 22 + 65_535
_MOST_RATIO = 200
_LEAST_BYTES_OF_A_BOMB = 10 * 1024 * 1024
_LONGEST_TOKEN = 256 * 1024
# Short, because a few bytes of a sheet can name a long text: what a piece names is in memory together.
_PIECE = 2048

_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x1
# The errors of zipfile, zlib and expat for damaged bytes.
_BROKEN = (BadZipFile, EOFError, LookupError, NotImplementedError, ValueError, zlib.error, expat.ExpatError)
NO_WORKBOOK = "The file holds no workbook with a sheet in it. Save the table in a spreadsheet program as .xlsx."
_TOO_LARGE = "The file unpacks to more than a spreadsheet of this size holds. Save the rows alone as a new .xlsx file."


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
            _require_short_directory(file)
            self._archive = ZipFile(file)
        except _BROKEN as error:
            raise SpreadsheetRefused(DAMAGED) from error
        self._left = MOST_CONTENT_BYTES
        self._entries = {_known_as(entry.filename): entry for entry in self._archive.infolist()}
        _require_harmless(self._archive)
        if len(self._entries) < len(self._archive.infolist()):
            raise SpreadsheetRefused(DAMAGED)

    def __contains__(self, name: str) -> bool:
        return _known_as(name) in self._entries

    def read_whole(self, name: str, root: Element) -> None:
        """Report what of the part matters, or raise SpreadsheetRefused."""
        for _ in self.read(name, root):
            pass

    def read(self, name: str, root: Element) -> Iterator[None]:
        """Report what of the part matters, pausing after each piece, or raise SpreadsheetRefused."""
        if name not in self:
            raise SpreadsheetRefused(NO_WORKBOOK)
        parser = follow(root)
        fed = names = 0
        try:
            with self._archive.open(self._entries[_known_as(name)]) as part:
                while piece := part.read(_PIECE):
                    self._left -= len(piece)
                    fed += len(piece)
                    # expat keeps a token until it ends, and scans it again with each piece.
                    if self._left < 0 or fed - max(0, parser.CurrentByteIndex) > _LONGEST_TOKEN:
                        raise SpreadsheetRefused(_TOO_LARGE)
                    parser.Parse(piece)
                    names = require_few_names(parser, names)
                    yield
            parser.Parse(b"", True)
        except _BROKEN as error:
            raise SpreadsheetRefused(DAMAGED) from error
        yield


def _require_short_directory(file: BinaryIO) -> None:
    """Refuse a directory that would fill the memory before its entries can be counted."""
    file.seek(-min(_END_OF_A_ZIP, file.seek(0, SEEK_END)), SEEK_END)
    end = file.read()
    # The newer form of the directory's end is for archives above 4 GiB.
    found = end.rfind(b"PK\x05\x06")
    size = int.from_bytes(end[found + 12 : found + 16], "little") if found >= 0 else 0
    if size > _MOST_PARTS * _LONGEST_ENTRY or b"PK\x06\x07" in end:
        raise SpreadsheetRefused(_TOO_LARGE)
    file.seek(0)


def _require_harmless(archive: ZipFile) -> None:
    entries = archive.infolist()
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    bomb = unpacked > _LEAST_BYTES_OF_A_BOMB and unpacked > _MOST_RATIO * packed
    if len(entries) > _MOST_PARTS or unpacked > MOST_CONTENT_BYTES or bomb:
        raise SpreadsheetRefused(_TOO_LARGE)
    if any(entry.flag_bits & _ENCRYPTED or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise SpreadsheetRefused("The file is encrypted or packed in an unusual way. Save it without a password as .xlsx.")


def _known_as(name: str) -> str:
    """Return the name by which a part is found: the standard compares them without case, and some programs write the other slash."""
    return name.replace("\\", "/").lstrip("/").lower()


def beside(part: str, target: str) -> str:
    """Return the name of the part that a relationship in another part points to."""
    target = target.replace("\\", "/")
    path = PurePosixPath(target[1:]) if target.startswith("/") else PurePosixPath(part).parent / target
    steps: list[str] = []
    for step in path.parts:
        if step == "..":
            steps = steps[:-1]
        else:
            steps.append(step)
    return "/".join(steps)
