"""Open a roster by what it is, whatever its name says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from errno import errorcode
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from referral_flow.roster.csv_file import DELIMITERS, CsvFile, encoding_of
from referral_flow.roster.faults import UnusableFile
from referral_flow.roster.headings import SEARCHED, Columns, Header, header_of

if TYPE_CHECKING:
    from referral_flow.roster.sources import Source

_OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x1f\x8b": "gzip",
    b"{\\rtf": "RTF",
    b"SQLite format 3": "SQLite",
}
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAMPLE = 4096


class Sheet(NamedTuple):
    """A sheet with its headings; `form` says how it was understood."""

    path: Path
    source: Source
    header: Header
    form: str


def open_sheet(path: Path, columns: Columns, sheet: str | None = None) -> Sheet:
    """Open a CSV or XLSX file and find its headings; raises UnusableFile."""
    with naming(path):
        source, form = _source(path, columns, sheet)
        top = ((line.number, line.cells) for line in islice(source.lines(), SEARCHED))
        return Sheet(path, source, header_of(top, columns), form)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an UnusableFile say which file it speaks of; what cannot be read becomes one."""
    try:
        yield
    except UnusableFile as error:
        error.data.setdefault("file", path.name or str(path))
        raise
    except OSError as error:
        raise _not_readable(error, path.name or str(path)) from None


def _not_readable(error: OSError, file: str) -> UnusableFile:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return UnusableFile("no_such_file", file=file)
    if isinstance(error, PermissionError):
        return UnusableFile("no_permission", file=file)
    return UnusableFile("not_readable", file=file, error=errorcode.get(error.errno or 0, "?"))


def _source(path: Path, columns: Columns, sheet: str | None) -> tuple[Source, str]:
    head = _head(path)
    if head.startswith(_ZIP):
        from referral_flow.roster.xlsx_file import open_book

        book = open_book(path, sheet)
        return book, f"XLSX, {book.sheet}"
    if head.startswith(_OLE):
        if _is_encrypted(path):
            raise UnusableFile("password")
        raise UnusableFile("old_excel")
    for mark, found in _OTHERS.items():
        if head.startswith(mark):
            raise UnusableFile("not_a_spreadsheet", found=found)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<!doctype", b"<table")):
        raise UnusableFile("not_a_spreadsheet", found="HTML")
    encoding = encoding_of(head)
    if encoding == "utf-8" and b"\x00" in head:
        raise UnusableFile("not_a_spreadsheet", found="binary")
    if sheet is not None:
        raise UnusableFile("no_sheets_in_csv", sheet=sheet)
    file = CsvFile(path, columns)
    name = file.encoding.replace("-sig", "").upper()
    return file, f"CSV, {name}, {DELIMITERS[file.delimiter]}"


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise UnusableFile("a_folder")
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t\x00"):
        raise UnusableFile("empty_file")
    return head


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find(_ENCRYPTED) >= 0
