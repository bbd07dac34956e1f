"""From a line of a sheet to a row of a roster, or to all that is wrong with it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from typing import NamedTuple, Protocol, TypeVar

from referral_flow.roster.faults import BadCell, Fault
from referral_flow.roster.headings import (
    BIRTH,
    ISSUED_ON,
    MEMBER,
    NAME,
    NUMBER,
    RESIDENCE,
    WORKPLACE,
    Header,
)
from referral_flow.roster.sources import Cell, Line
from referral_flow.roster.values import birth_of, is_empty, paper_day, text_of

T = TypeVar("T")

_TEXTS = (MEMBER, NAME, WORKPLACE, RESIDENCE, NUMBER)


class Row(Protocol):
    """A row about one member, whatever its sheet is for; committees as they are written."""

    @property
    def line(self) -> int: ...
    @property
    def member(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def workplace(self) -> str: ...
    @property
    def residence(self) -> str: ...
    @property
    def birth(self) -> str: ...

    @property
    def paper(self) -> tuple[str, date] | None:
        """Give number and day of the paper, if both are known."""
        ...

    @property
    def on(self) -> date:
        """Give the first day of which the row speaks."""
        ...

    @property
    def judged_on(self) -> date:
        """Give the day as of which the register is asked for member and committees."""
        ...

    @property
    def said(self) -> tuple[str, ...]:
        """Give all that the row says of the referral, but for member and committees."""
        ...


class RosterRow(NamedTuple):
    """One member with one paper, as the roster says it; committees as they are written."""

    line: int
    member: str
    name: str
    workplace: str
    residence: str
    number: str
    issued_on: date
    birth: str

    @property
    def paper(self) -> tuple[str, date]:
        """Give number and day of the paper."""
        return self.number, self.issued_on

    @property
    def on(self) -> date:
        """Give the day of the paper."""
        return self.issued_on

    @property
    def judged_on(self) -> date:
        """Give the day of the paper."""
        return self.issued_on

    @property
    def said(self) -> tuple[str, ...]:
        """Give all that the row says of the paper."""
        return self.number, self.issued_on.isoformat()


class Placed(NamedTuple):
    """A row with the ids of its committees.

    `registered_on` is the day from which its member is in the register, if new there.
    """

    row: Row
    workplace: str
    residence: str
    registered_on: date

    @property
    def committees(self) -> tuple[str, str]:
        """Give both committees."""
        return (self.workplace, self.residence)

    @property
    def content(self) -> str:
        """Give what stands for all that the row says."""
        return fingerprint(self.referral, self.row.name, self.row.birth)

    @property
    def referral(self) -> str:
        """Give what stands for all that the row says of the referral."""
        return fingerprint(self.row.member, *self.committees, *self.row.said)


class LineReader(ABC):
    """Reads the lines of one sheet of members; a sheet of each kind says how."""

    def __init__(self, header: Header, today: date, id_digits: int | None) -> None:
        self._place = header.place
        self._widest = len(header.headings)
        self._today = today
        self._digits = id_digits

    @abstractmethod
    def read(self, line: Line) -> Row | list[Fault]:
        """Give the row, or every fault of it."""

    @abstractmethod
    def first_day(self, line: Line) -> date | None:
        """Give the earliest day that the line names, as far as it can be read."""

    def _unusable(self, line: Line) -> list[Fault]:
        """Say what is wrong with the line as such."""
        if line.broken is not None:
            return [Fault(line.number, "", line.broken, {})]
        if any(not is_empty(cell) for cell in line.cells[self._widest :]):
            data = {"cells": len(line.cells), "headings": self._widest}
            return [Fault(line.number, "", "too_many_cells", data)]
        return []

    def _cell(self, line: Line, column: str) -> Cell:
        at = self._place.get(column, len(line.cells))
        return line.cells[at] if at < len(line.cells) else ""

    def _value(
        self, line: Line, column: str, read: Callable[[Cell], T], faults: list[Fault]
    ) -> T | None:
        cell = self._cell(line, column)
        if is_empty(cell):
            faults.append(Fault(line.number, column, f"no_{column}", {}))
            return None
        try:
            return read(cell)
        except BadCell as bad:
            faults.append(Fault(line.number, column, bad.code, bad.data))
            return None

    def _text_of(self, column: str) -> Callable[[Cell], str]:
        return lambda cell: text_of(cell, column, self._digits)

    def _birth(self, line: Line, after: date | None, faults: list[Fault]) -> str:
        """Read the day of birth, which may be left out."""
        if is_empty(self._cell(line, BIRTH)):
            return ""
        birth = self._value(line, BIRTH, birth_of, faults) or ""
        if after is not None and birth and birth[:4] >= str(after.year):
            faults.append(Fault(line.number, BIRTH, "born_after_paper", {"on": after}))
        return birth

    def _day(self, cell: Cell) -> date:
        return paper_day(cell, self._today)

    def _day_in(self, line: Line, column: str) -> date | None:
        try:
            return self._day(self._cell(line, column))
        except BadCell:
            return None


class Reader(LineReader):
    """Reads the lines of a roster."""

    def read(self, line: Line) -> RosterRow | list[Fault]:
        """Give the row, or every fault of it."""
        if faults := self._unusable(line):
            return faults
        texts = [self._value(line, c, self._text_of(c), faults) for c in _TEXTS]
        issued_on = self._value(line, ISSUED_ON, self._day, faults)
        birth = self._birth(line, issued_on, faults)
        if faults or issued_on is None:
            return faults
        member, name, workplace, residence, number = (text or "" for text in texts)
        return RosterRow(line.number, member, name, workplace, residence, number, issued_on, birth)

    def first_day(self, line: Line) -> date | None:
        """Give the day of the paper, if it can be read."""
        return self._day_in(line, ISSUED_ON)


def fingerprint(*parts: str) -> str:
    """Give what stands for the content of a row: the same content, the same text."""
    made = blake2b(digest_size=16)
    for part in parts:
        written = part.encode()
        made.update(len(written).to_bytes(4, "big"))
        made.update(written)
    return made.hexdigest()
