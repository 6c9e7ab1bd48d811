"""Spreadsheets as the use cases need them. Files are read and written in pieces, so that their size does not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

from guahao.domain.administration.spreadsheets import Cell, Column, Marked, Sheet

ReadSheet = Callable[[BinaryIO], Sheet]
"""Return a workbook's first sheet that holds cells and can be seen, or raise SpreadsheetRefused, also later while its rows are read."""

RequireWorkbook = Callable[[BinaryIO], None]
"""Check by its table of contents that the file can be a workbook, or raise SpreadsheetRefused."""

WriteSheet = Callable[[BinaryIO, str, Sequence[Column], Iterable[Sequence[Cell | Marked]]], None]
"""Write a workbook of one sheet with this name and these columns.

No text becomes a formula. ReadSheet reads the same cells from it, but for characters that no such file can hold: they are left out. Instead
of a formula and of a broken cell there is one that is refused like them.
"""
