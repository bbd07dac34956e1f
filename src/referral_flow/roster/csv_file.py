"""A roster as CSV: its encoding, its delimiter, and its lines one by one."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from referral_flow.roster.faults import UnusableFile
from referral_flow.roster.headings import SEARCHED, Columns
from referral_flow.roster.old_letters import guess
from referral_flow.roster.sources import Line

DELIMITERS = {",": ",", ";": ";", "\t": "tab"}

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SAMPLE = 65_536
_LONGEST_LINE = 1_000_000
_LINES_OF_ONE_ROW = 20
"""Lines that one quoted cell may go over; more is a quote that was never closed."""


class CsvFile:
    """A text file of rows, read anew each time."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self._path = path
        with path.open("rb") as file:
            sample = file.read(_SAMPLE)
        self.encoding = encoding_of(sample)
        top = list(self._top())
        self.delimiter = _delimiter_of(top, columns)
        self._width = max((line.count(self.delimiter) for line in top), default=0)

    @property
    def counted(self) -> None:
        """Give nothing: the lines are known once they have been read."""

    def lines(self) -> Iterator[Line]:
        """Read row by row; a quoted cell may go over several lines."""
        rows = _Rows(self._text(), self.delimiter, self._width)
        reader = csv.reader(rows, delimiter=self.delimiter)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Line(rows.number, (), "unreadable_row")
                continue
            broken = "quote_not_closed" if rows.unclosed else None
            if not (rows.number == 1 and _names_the_delimiter(cells)):
                yield Line(rows.number, cells, broken)

    def _top(self) -> Iterator[str]:
        for _, line in zip(range(SEARCHED), self._text(), strict=False):
            yield line

    def _text(self) -> Iterator[str]:
        try:
            # Only line feeds and carriage returns end a line, as in csv itself.
            with self._path.open(encoding=self.encoding, newline="") as file:
                while line := file.readline(_LONGEST_LINE):
                    if len(line) == _LONGEST_LINE:
                        raise UnusableFile("line_too_long", length=_LONGEST_LINE)
                    yield line
        except UnicodeError:
            raise _other_encoding(self._path, self.encoding) from None


class _Rows:
    """Puts the lines of one row together, for csv: the quotes in it come in pairs.

    `width` is how many delimiters a row has: twice as many are two rows, and a quote between
    them was never closed.
    """

    def __init__(self, text: Iterator[str], delimiter: str, width: int) -> None:
        self._text = text
        self._delimiter = delimiter
        self._most = max(2 * width - 1, 1)
        self._ahead: deque[str] = deque()
        self._next = 1
        self.number = 0
        self.unclosed = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        row = self._line()
        self.number, self.unclosed = self._next, False
        self._next += 1
        if row.count('"') % 2 == 0:
            return row
        further: list[str] = []
        delimiters = row.count(self._delimiter)
        while len(further) < _LINES_OF_ONE_ROW:
            try:
                further.append(self._line())
            except StopIteration:
                break
            delimiters += further[-1].count(self._delimiter)
            if delimiters > self._most:
                break
            if further[-1].count('"') % 2:
                self._next += len(further)
                return row + "".join(further)
        # The lines after it are rows of their own.
        self._ahead.extendleft(reversed(further))
        self.unclosed = True
        return row.replace('"', "")

    def _line(self) -> str:
        return self._ahead.popleft() if self._ahead else next(self._text)


def encoding_of(sample: bytes) -> str:
    """Give the encoding by the first bytes; without a mark UTF-16 shows by its zeros."""
    for mark, encoding in _BOMS.items():
        if sample.startswith(mark):
            return encoding
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        # Of Vietnamese text about a third of the letters lie outside of ASCII.
        if zeros and zeros.count(0) > len(zeros) // 3:
            return encoding
    return "utf-8"


def _delimiter_of(top: list[str], columns: Columns) -> str:
    """Take the delimiter by which most headings are found."""
    if top and (named := top[0].strip().lower()).startswith("sep=") and named[4:] in DELIMITERS:
        return named[4:]
    known = {
        delimiter: max((_headings(line, delimiter, columns) for line in top), default=0)
        for delimiter in DELIMITERS
    }
    return max(known, key=lambda delimiter: known[delimiter])


def _headings(line: str, delimiter: str, columns: Columns) -> int:
    return sum(columns.column_of(c.strip(' "\r\n')) is not None for c in line.split(delimiter))


def _names_the_delimiter(cells: list[str]) -> bool:
    return "".join(cells[:1]).strip().lower().startswith("sep=")


def _other_encoding(path: Path, tried: str) -> UnusableFile:
    """Say what the file is instead, with the line where it shows and a piece of it as read."""
    wrong, line = 0, b""
    with path.open("rb") as file:
        sample = file.read(4 * _SAMPLE)
        file.seek(0)
        for wrong, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), 1):  # noqa: B007
            if not _decodes(line):
                break
    found, text = guess(sample + line)
    if tried.startswith("utf-16"):
        return UnusableFile("broken_encoding", encoding="UTF-16", line=None)
    if not found:
        return UnusableFile("broken_encoding", encoding="UTF-8", line=wrong)
    seen = next((t for t in text.splitlines() if not t.isascii()), "")
    return UnusableFile("old_encoding", found=found, line=wrong, seen=seen.strip()[:60])


def _decodes(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
