"""What the use cases need of spreadsheets. Files are read and written in pieces, so that their size does not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from guahao.domain.spreadsheets import Cell, Marked, Row

ReadSheet = Callable[[BinaryIO], Iterator[Row]]
"""Yield the rows of the first sheet of a workbook that hold anything, or raise SpreadsheetRefused."""

RequireWorkbook = Callable[[BinaryIO], None]
"""Pass a file that may be a workbook as far as its table of contents tells, or raise SpreadsheetRefused."""

WriteSheet = Callable[[BinaryIO, Sequence[str], Iterable[Sequence[Cell | Marked]]], None]
"""Write a workbook of one sheet with this header, none of its texts a formula; `read_sheet` reads the same texts from it."""
