"""Spreadsheets as the use cases need them. Files are read and written in pieces, so that their size does not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from guahao.domain.administration.spreadsheets import Cell, Marked, Row

ReadSheet = Callable[[BinaryIO], Iterator[Row]]
"""Yield the rows that are not empty of a workbook's first sheet, or raise SpreadsheetRefused."""

RequireWorkbook = Callable[[BinaryIO], None]
"""Check by its table of contents that the file can be a workbook, or raise SpreadsheetRefused."""

WriteSheet = Callable[[BinaryIO, Sequence[str], Iterable[Sequence[Cell | Marked]]], None]
"""Write a workbook of one sheet with this header. No text becomes a formula, and ReadSheet reads the same texts from it."""
