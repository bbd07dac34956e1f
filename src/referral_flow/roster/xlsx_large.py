"""A roster as a very large XLSX, read by openpyxl row by row, its shared strings on disk.

calamine is ten times as fast, and holds the whole sheet: 0.7 GB for a million rows.
"""

from __future__ import annotations

import sqlite3
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from weakref import finalize
from zipfile import BadZipFile

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.escape import unescape
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from referral_flow.roster.faults import UnusableFile
from referral_flow.roster.sources import Cell, Line, Unread
from referral_flow.roster.xlsx_parts import chosen, unread_cells

T = TypeVar("T")

_STRING = f"{{{SHEET_MAIN_NS}}}si"
_AT_ONCE = 1_000
_MIDNIGHT = time()
# What openpyxl raises, besides, where a part is not what it should be.
_DAMAGED = (
    AttributeError, BadZipFile, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError,
    zlib.error,
)  # fmt: skip
_TABLE = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE strings (number INTEGER PRIMARY KEY, text TEXT);
BEGIN;
"""


class LargeXlsxFile:
    """One sheet of a workbook, of which a thousand rows are held at a time."""

    counted: int | None = None

    def __init__(self, path: Path, sheet: str | None) -> None:
        # Opened here, for what reads a part of it may outlive the book and keep it open.
        file = _whole(lambda: path.open("rb"))
        finalize(self, file.close)
        book = _whole(lambda: _book(file))
        sheets = {one.title: one for one in book.worksheets}
        for one in sheets.values():
            # Many programs write a wrong size: the rows themselves are believed.
            one.reset_dimensions()
        shown = [one.title for one in sheets.values() if one.sheet_state == "visible"]
        self.sheet = chosen(list(sheets), shown, lambda name: _is_filled(sheets[name]), sheet)
        self._sheet = sheets[self.sheet]
        self._unread = unread_cells(path, self.sheet)

    def lines(self) -> Iterator[Line]:
        """Give the rows from the top."""
        rows = enumerate(self._sheet.iter_rows(values_only=True))
        while some := _whole(lambda: list(islice(rows, _AT_ONCE))):
            for row, given in some:
                cells = [_cell(value) for value in given]
                yield Line(row + 1, self._marked(row, cells) if self._unread else cells)

    def _marked(self, row: int, cells: list[Cell]) -> list[Cell]:
        codes = (self._unread.get((row, column)) for column in range(len(cells)))
        return [
            cell if code is None else Unread(code) for cell, code in zip(cells, codes, strict=True)
        ]


class _Reader(ExcelReader):
    """Reads a workbook as openpyxl does, but for its shared strings."""

    package: Any
    shared_strings: Any

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = _Strings(_texts(source))


class _Strings:
    """Texts by number; without a name SQLite keeps them in memory until that is full."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        finalize(self, self._db.close)
        self._db.executescript(_TABLE)
        self._db.executemany("INSERT INTO strings VALUES (?, ?)", enumerate(texts))

    def __getitem__(self, number: int) -> str:
        found = self._db.execute("SELECT text FROM strings WHERE number = ?", (number,))
        (text,) = found.fetchone() or _missing(number)
        return str(text)


def _missing(number: int) -> tuple[str]:
    raise IndexError(number)


def _texts(source: Any) -> Iterator[str]:
    root: Any = None
    for event, node in iterparse(source, ("start", "end")):
        root = node if root is None else root
        if event == "end" and node.tag == _STRING:
            text: Any = Text.from_tree(node)
            yield str(text.content)
            root.clear()


def _cell(value: Any) -> Cell:
    """Give a value as calamine does: escapes read, a day without an hour as a date."""
    if isinstance(value, str):
        return str(unescape(value)) if "_x" in value else value
    if isinstance(value, datetime) and value.time() == _MIDNIGHT:
        return value.date()
    return "" if value is None else value


def _book(file: BinaryIO) -> Any:
    reader = _Reader(file, read_only=True, data_only=True)
    reader.read()
    return reader.wb


def _is_filled(sheet: Any) -> bool:
    return any(value is not None for row in sheet.iter_rows(values_only=True) for value in row)


def _whole(read: Callable[[], T]) -> T:
    """Read with openpyxl; raises UnusableFile. Its warnings are for who writes programs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except _DAMAGED:
        raise UnusableFile("damaged_file") from None
