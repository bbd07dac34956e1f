"""What a sheet of any form gives: its lines, as often as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import NamedTuple, Protocol

Cell = str | int | float | bool | date | time | timedelta
"""What stands in a cell; a datetime is a date."""


class Unread(str):
    """An XLSX cell without a value that could be read; `code` says why."""

    __slots__ = ("code",)

    def __new__(cls, code: str) -> Unread:
        made = super().__new__(cls)
        made.code = code
        return made

    code: str


class Line(NamedTuple):
    """One row of a sheet: the number that people see beside it, and its cells.

    `broken` is the code of what is wrong with the row as such.
    """

    number: int
    cells: Sequence[Cell]
    broken: str | None = None


class Source(Protocol):
    """A sheet that can be read again and again, one line at a time."""

    @property
    def counted(self) -> int | None:
        """Give the number of lines, where it is known before reading."""
        ...

    def lines(self) -> Iterator[Line]:
        """Read from the top; raises UnusableFile for what no line can be made of."""
        ...
