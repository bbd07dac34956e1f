"""The sheet given back: all its rows, with an added column that says what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from referral_flow.roster.headings import NAME, RESIDENCE, WORKPLACE, Header
from referral_flow.roster.sources import Cell, Line, Unread

if TYPE_CHECKING:
    # What a workbook for writing only makes; its types say less than it can.
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 1_048_576
_LONGEST_CELL = 32_767
_WIDTH, _NAME_WIDTH, _FAULTS_WIDTH, _MOST_WIDTH = 12, 26, 80, 40
_LINE, _LINE_HEIGHT = 80, 15
_BAD = PatternFill("solid", fgColor="FFF2CC")
_WORST = PatternFill("solid", fgColor="F4B183")
_HEAD = PatternFill("solid", fgColor="D9E2F3")
_WIDE = (NAME, WORKPLACE, RESIDENCE)
_BOLD = Font(bold=True)
_TOP = Alignment(vertical="top")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


class MarkedSheet:
    """Writes row by row; the file appears under its name once it is whole."""

    def __init__(self, path: Path, header: Header, words: Mapping[str, str]) -> None:
        self._path = path
        self._header = header
        self._words = words
        self._columns = {at: column for column, at in header.place.items()}
        self._book = Workbook(write_only=True)
        self._sheets = 0
        self._sheet = self._new_sheet()
        self._rows = 1

    def write(self, line: Line, faults: Sequence[tuple[str, str]]) -> None:
        """Write a row, with what is wrong as pairs of a column and a sentence."""
        if self._rows >= MOST_ROWS:
            self._sheet, self._rows = self._new_sheet(), 1
        self._rows += 1
        width = len(self._header.headings)
        given = [*line.cells[:width], *[""] * (width - len(line.cells))]
        bad = {column for column, _ in faults}
        row = [self._cell(at, cell, faults, bad) for at, cell in enumerate(given)]
        row.append(_text(self._sheet, line.number, fill=_BAD if faults else None))
        said = "\n".join(sentence for _, sentence in faults)
        lines = sum(1 + len(sentence) // _LINE for _, sentence in faults)
        if lines > 1:
            self._sheet.row_dimensions[self._rows].height = _LINE_HEIGHT * lines
        row.append(_text(self._sheet, said, fill=_BAD if faults else None, wrap=True))
        # What stands beside the last heading is given back too.
        row += [_text(self._sheet, cell, fill=_BAD) for cell in line.cells[width:] if faults]
        self._sheet.append(row)

    def _cell(self, at: int, cell: Cell, faults: Sequence[Any], bad: set[str]) -> Any:
        if not faults:
            return _text(self._sheet, cell)
        return _text(self._sheet, cell, fill=_WORST if self._columns.get(at) in bad else _BAD)

    def notes(self, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Add a sheet of its own, if there are any rows."""
        sheet: Worksheet | None = None
        for row in rows:
            if sheet is None:
                sheet = self._book.create_sheet(title)
                for at in range(len(heads)):
                    sheet.column_dimensions[get_column_letter(at + 1)].width = _MOST_WIDTH
                sheet.append([_text(sheet, head, fill=_HEAD, bold=True) for head in heads])
            sheet.append([_text(sheet, cell) for cell in row])

    def save(self) -> None:
        """Write the file, whole or not at all."""
        unfinished = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
        try:
            self._book.save(unfinished)
            unfinished.replace(self._path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _new_sheet(self) -> Worksheet:
        self._sheets += 1
        number = "" if self._sheets == 1 else f" {self._sheets}"
        sheet: Worksheet = self._book.create_sheet(self._words["sheet"] + number)
        sheet.freeze_panes = "A2"
        # Printed, it is as wide as a page lying down, and each page begins with the headings.
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.print_title_rows = "1:1"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        heads = [*self._header.headings, self._words["line"], self._words["faults"]]
        for at, head in enumerate(heads):
            least = _NAME_WIDTH if self._columns.get(at) in _WIDE else _WIDTH
            wide = min(max(least, len(head) + 4), _MOST_WIDTH)
            last = at == len(heads) - 1
            letter = get_column_letter(at + 1)
            sheet.column_dimensions[letter].width = _FAULTS_WIDTH if last else wide
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{MOST_ROWS}"
        sheet.append([_text(sheet, head, fill=_HEAD, bold=True) for head in heads])
        return sheet


def _text(sheet: Any, value: Any, fill: Any = None, bold: bool = False, wrap: bool = False) -> Any:
    """Make a cell; a text is never a formula, whatever it begins with."""
    if isinstance(value, Unread):
        value = "#N/A" if value.code == "cell_error" else ""
    if isinstance(value, str):
        if not value and fill is None:
            return None
        value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)[:_LONGEST_CELL]
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = _BOLD
    if fill is not None:
        # A long sentence makes its row higher: all cells begin where it does.
        cell.alignment = _WRAPPED if wrap else _TOP
    return cell
