"""A roster as XLSX, read by calamine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
)

from referral_flow.roster.faults import UnusableFile
from referral_flow.roster.sources import Cell, Line, Unread
from referral_flow.roster.xlsx_parts import check_parts, unread_cells


class XlsxFile:
    """One sheet of a workbook. calamine holds it whole: about 0.6 KB a row were measured."""

    def __init__(self, path: Path, sheet: str | None) -> None:
        check_parts(path)
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
    """Take the sheet that was named, or the only one that is shown and not empty."""
    if sheet is not None:
        if sheet not in book.sheet_names:
            raise UnusableFile("no_such_sheet", sheet=sheet, known=book.sheet_names)
        return sheet
    shown = [s.name for s in book.sheets_metadata if s.visible is SheetVisibleEnum.Visible]
    if len(shown) == 1:
        return shown[0]
    filled = [name for name in shown if book.get_sheet_by_name(name).height]
    if not filled:
        raise UnusableFile("empty_file")
    if len(filled) > 1:
        raise UnusableFile("which_sheet", known=filled)
    return filled[0]
