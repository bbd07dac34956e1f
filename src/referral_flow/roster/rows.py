"""From a line of a sheet to a row of a roster, or to all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from typing import NamedTuple, TypeVar

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


class Placed(NamedTuple):
    """A row with the ids of its committees."""

    row: RosterRow
    workplace: str
    residence: str

    @property
    def committees(self) -> tuple[str, str]:
        """Give both committees."""
        return (self.workplace, self.residence)

    @property
    def content(self) -> str:
        """Give what stands for all that the row says."""
        row = self.row
        on = row.issued_on.isoformat()
        return fingerprint(
            row.member, row.name, self.workplace, self.residence, row.number, on, row.birth
        )


class Reader:
    """Reads the lines of one roster."""

    def __init__(self, header: Header, today: date, id_digits: int | None) -> None:
        self._place = header.place
        self._widest = len(header.headings)
        self._today = today
        self._digits = id_digits

    def read(self, line: Line) -> RosterRow | list[Fault]:
        """Give the row, or every fault of it."""
        if line.broken is not None:
            return [Fault(line.number, "", line.broken, {})]
        if any(not is_empty(cell) for cell in line.cells[self._widest :]):
            data = {"cells": len(line.cells), "headings": self._widest}
            return [Fault(line.number, "", "too_many_cells", data)]
        faults: list[Fault] = []
        texts = [self._value(line, c, self._text_of(c), faults) for c in _TEXTS]
        issued_on = self._value(line, ISSUED_ON, self._day, faults)
        birth = ""
        if BIRTH in self._place and not is_empty(self._cell(line, BIRTH)):
            birth = self._value(line, BIRTH, birth_of, faults) or ""
        if issued_on is not None and birth and birth[:4] >= str(issued_on.year):
            faults.append(Fault(line.number, BIRTH, "born_after_paper", {"on": issued_on}))
        if faults or issued_on is None:
            return faults
        member, name, workplace, residence, number = (text or "" for text in texts)
        return RosterRow(line.number, member, name, workplace, residence, number, issued_on, birth)

    def issued_on(self, line: Line) -> date | None:
        """Give the day of the paper, if it can be read."""
        try:
            return self._day(self._cell(line, ISSUED_ON))
        except BadCell:
            return None

    def _cell(self, line: Line, column: str) -> Cell:
        at = self._place[column]
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

    def _day(self, cell: Cell) -> date:
        return paper_day(cell, self._today)


def fingerprint(*parts: str) -> str:
    """Give what stands for the content of a row: the same content, the same text."""
    made = blake2b(digest_size=16)
    for part in parts:
        written = part.encode()
        made.update(len(written).to_bytes(4, "big"))
        made.update(written)
    return made.hexdigest()
