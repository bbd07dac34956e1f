"""What an XLSX file is made of: whether it may be opened, and which cells have no value.

calamine gives values; it does not tell an empty cell from a formula that was never
calculated, or from an error. For those the sheet's own XML is looked through.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from referral_flow.roster.faults import UnusableFile

LARGEST = 4_000_000_000
"""Bytes of all parts unpacked. A sheet of a million full rows has about 500 MB."""

_RATIO = 200
_SMALL = 50_000_000
_BLOCK = 1 << 20
_WORKBOOK = "xl/workbook.xml"
_TELLING = re.compile(rb'<(?:\w+:)?f[ >/]|t="e"')

Place = tuple[int, int]


def check_parts(path: Path) -> int:
    """Give the bytes of all parts unpacked.

    Raises UnusableFile for what is no workbook, or would fill the disk.
    """
    try:
        with ZipFile(path) as parts:
            names = parts.namelist()
            sizes = [(part.file_size, part.compress_size) for part in parts.infolist()]
    except (BadZipFile, OSError, ValueError):
        raise UnusableFile("damaged_file") from None
    if _WORKBOOK not in names:
        raise UnusableFile("not_a_spreadsheet", found=_kind_of(names))
    total = sum(size for size, _ in sizes)
    for size, packed in [*sizes, (total, sum(packed for _, packed in sizes))]:
        if size > LARGEST or (size > _SMALL and size > _RATIO * packed):
            raise UnusableFile("too_large_unpacked", megabytes=size // 1_000_000)
    return total


def chosen(
    names: Sequence[str], shown: Sequence[str], filled: Callable[[str], bool], wanted: str | None
) -> str:
    """Take the sheet that was named, or the only one that is shown and not empty."""
    if wanted is not None:
        if wanted not in names:
            raise UnusableFile("no_such_sheet", sheet=wanted, known=list(names))
        return wanted
    if len(shown) == 1:
        return shown[0]
    full = [name for name in shown if filled(name)]
    if not full:
        raise UnusableFile("empty_file")
    if len(full) > 1:
        raise UnusableFile("which_sheet", known=full)
    return full[0]


def _kind_of(names: list[str]) -> str:
    kinds = {"word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint"}
    known = next((kind for name, kind in kinds.items() if name in names), None)
    if known is not None:
        return known
    return "OpenDocument" if "mimetype" in names else "ZIP"


def unread_cells(path: Path, sheet: str) -> dict[Place, str]:
    """Give the code of each cell of a sheet that has a formula or an error but no value.

    Places count from 0.
    """
    try:
        with ZipFile(path) as parts:
            part = _part_of(parts, sheet)
            if part is None or not _tells(parts, part):
                return {}
            with parts.open(part) as file:
                return _Cells().read(file)
    except (BadZipFile, OSError, KeyError, zlib.error, expat.ExpatError):
        raise UnusableFile("damaged_file") from None


def _part_of(parts: ZipFile, sheet: str) -> str | None:
    """Find the part of a sheet by way of the workbook's relations."""
    ids = {
        attributes.get("name"): value
        for attributes in _elements(parts.read(_WORKBOOK), "sheet")
        for name, value in attributes.items()
        if name.endswith(":id")
    }
    relations = {
        one.get("Id"): one.get("Target", "")
        for one in _elements(parts.read("xl/_rels/workbook.xml.rels"), "Relationship")
    }
    target = relations.get(ids.get(sheet))
    return None if target is None else posixpath.join("/xl", target).lstrip("/")


def _elements(xml: bytes, wanted: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == wanted:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(xml, True)
    return found


def _tells(parts: ZipFile, part: str) -> bool:
    """Say whether there is any formula or error: most sheets have none, and this is quick."""
    last = b""
    with parts.open(part) as file:
        for block in _blocks(file):
            if _TELLING.search(last + block):
                return True
            last = block[-8:]
    return False


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(_BLOCK), b"")


class _Cells:
    """Hears the cells of a sheet, and keeps those without a value."""

    def __init__(self) -> None:
        self._found: dict[Place, str] = {}
        self._place: Place = (0, -1)
        self._code: str | None = None
        self._error = False
        self._in_value = False

    def read(self, file: IO[bytes]) -> dict[Place, str]:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        for block in _blocks(file):
            parser.Parse(block)
        parser.Parse(b"", True)
        return self._found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                number = attributes.get("r")
                self._place = (int(number) - 1 if number else self._place[0] + 1, -1)
            case "c":
                self._place = _place_of(attributes.get("r"), self._place)
                self._error = attributes.get("t") == "e"
                self._code = "cell_error" if self._error else None
            case "f":
                self._code = self._code or "formula_without_value"
            case "v" | "t":
                self._in_value = True

    def _text(self, text: str) -> None:
        if self._in_value and not self._error and text:
            self._code = None

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v" | "t":
                self._in_value = False
            case "c" if self._code is not None:
                self._found[self._place] = self._code


def _place_of(name: str | None, before: Place) -> Place:
    """Read a place such as `C7`; a cell without one follows the one before."""
    if name is None:
        return before[0], before[1] + 1
    column = 0
    for letter in name.rstrip("0123456789"):
        column = column * 26 + ord(letter) - 64
    return before[0], column - 1
