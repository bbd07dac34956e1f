"""A roster as XLSX, read by calamine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from referral_flow.roster.faults import UnusableFile
from referral_flow.roster.sources import Cell, Line, Source, Unread
from referral_flow.roster.xlsx_parts import check_parts, chosen, unread_cells

LARGE = 64_000_000
"""Bytes of all parts unpacked: calamine then holds about 100 MB."""


class Book(Source, Protocol):
    """One sheet of a workbook, under its name."""

    sheet: str


def open_book(path: Path, sheet: str | None) -> Book:
    """Open a workbook by the reader for its size; raises UnusableFile."""
    if check_parts(path) <= LARGE:
        return XlsxFile(path, sheet)
    from referral_flow.roster.xlsx_large import LargeXlsxFile

    return LargeXlsxFile(path, sheet)


class XlsxFile:
    """One sheet of a workbook. calamine holds it whole: about 0.7 KB a row were measured."""

    def __init__(self, path: Path, sheet: str | None) -> None:
        try:
            with CalamineWorkbook.from_path(path) as book:
                self.sheet = _chosen(book, sheet)
                self._sheet: CalamineSheet = book.get_sheet_by_name(self.sheet)
        except PasswordError:
            raise UnusableFile("password") from None
        except (CalamineError, OSError, ValueError):
            raise UnusableFile("damaged_file") from None
        self._unread = unread_cells(path, self.sheet)

    @property
    def counted(self) -> int:
        """Give the number of rows, empty ones too."""
        return self._sheet.total_height

    def lines(self) -> Iterator[Line]:
        """Give the rows from the top."""
        start = self._sheet.start
        if start is None:
            return
        first: list[Cell] = [""] * start[1]
        for row, given in enumerate(self._sheet.iter_rows()):
            cells = first + list(given)
            if self._unread:
                self._mark(row, cells)
            yield Line(row + 1, cells)

    def _mark(self, row: int, cells: list[Cell]) -> None:
        for column in range(len(cells)):
            code = self._unread.get((row, column))
            if code is not None:
                cells[column] = Unread(code)


def _chosen(book: CalamineWorkbook, sheet: str | None) -> str:
    shown = [s.name for s in book.sheets_metadata if s.visible is SheetVisibleEnum.Visible]
    return chosen(
        book.sheet_names, shown, lambda name: book.get_sheet_by_name(name).height > 0, sheet
    )
