"""From a line of a sheet to a referral under way as it was found, or to what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple, TypeVar

from referral_flow.domain.referral.state import CLOSED, State
from referral_flow.roster.faults import BadCell, Fault
from referral_flow.roster.headings import (
    CAME_FROM,
    CYCLE,
    GROUND,
    GROUP,
    ISSUED_ON,
    MEMBER,
    NAME,
    NUMBER,
    RATING,
    RESIDENCE,
    SINCE,
    STATE,
    UNTIL,
    WORKPLACE,
    plain,
)
from referral_flow.roster.rows import LineReader
from referral_flow.roster.sources import Cell, Line
from referral_flow.roster.values import day_of, is_empty, text_of, year_of
from referral_flow.words import LANGUAGES, table

T = TypeVar("T")

_TEXTS = (MEMBER, NAME, WORKPLACE, RESIDENCE)
_UNKNOWN = ("", "khong ro", "chua ro", "khong biet", "unknown", "not known", "n a", "na")
"""What people write, folded, where nobody knows; signs such as `?` fold to nothing."""

_AS_PEOPLE_SAY: Mapping[str, Sequence[str]] = {
    State.ISSUED: ("da cap giay", "cho nop", "cho nop giay", "chua nop", "chua nop giay"),
    State.SUBMITTED: ("da nop", "da nop giay", "da tiep nhan"),
    State.RETURNED: ("tra lai", "bi tra lai", "cho cap lai"),
    State.ASSIGNED: ("da vao nhom", "da co nhom", "chua sinh hoat"),
    State.ACTIVE: ("dang tham gia", "dang tham gia sinh hoat", "sinh hoat"),
    State.EVALUATED: ("da danh gia",),
    State.SUSPENDED: ("dang tam dung", "tam hoan"),
    State.EXEMPT: ("mien", "duoc mien", "mien sinh hoat"),
    "good": ("tot",),
    "fair": ("kha",),
    "weak": ("yeu",),
}


class AdoptionRow(NamedTuple):
    """One referral under way; what is None is not known."""

    line: int
    member: str
    name: str
    workplace: str
    residence: str
    birth: str
    state: State
    since: date | None
    number: str | None
    issued_on: date | None
    evaluated_in: int | None
    rating: str | None
    came_from: State | None
    group: str | None
    ground: str | None
    until: date | None
    today: date

    @property
    def paper(self) -> tuple[str, date] | None:
        """Give number and day of the paper, if both are known."""
        if self.number is None or self.issued_on is None:
            return None
        return self.number, self.issued_on

    @property
    def on(self) -> date:
        """Give the first day that is known of it; today where none is."""
        return min(day for day in (self.since, self.issued_on, self.today) if day is not None)

    @property
    def judged_on(self) -> date:
        """Give today: the register may have been begun long after the referral."""
        return self.today

    @property
    def said(self) -> tuple[str, ...]:
        """Give all that the row says of the referral."""
        return tuple("" if value is None else str(value) for value in self[6:16])


class AdoptionReader(LineReader):
    """Reads the lines of a sheet of referrals under way."""

    def read(self, line: Line) -> AdoptionRow | list[Fault]:
        """Give the row, or every fault of it."""
        if faults := self._unusable(line):
            return faults
        texts = [self._value(line, c, self._text_of(c), faults) for c in _TEXTS]
        state = self._value(line, STATE, _state_of, faults)
        since = self._known(line, SINCE, self._day, faults)
        number = self._known(line, NUMBER, self._text_of(NUMBER), faults)
        issued_on = self._known(line, ISSUED_ON, self._day, faults)
        evaluated_in = self._known(line, CYCLE, year_of, faults)
        rating = self._known(line, RATING, _coded("rating", "unknown_rating"), faults)
        came_from = self._known(line, CAME_FROM, _state_of, faults)
        group = self._known(line, GROUP, self._text_of(GROUP), faults)
        ground = self._known(line, GROUND, _coded("exemption_ground", "unknown_ground"), faults)
        until = self._known(line, UNTIL, day_of, faults)
        birth = self._birth(line, issued_on or since, faults)
        if rating is not None and evaluated_in is None:
            faults.append(Fault(line.number, CYCLE, "rating_without_year", {}))
        if until is not None and ground is None:
            faults.append(Fault(line.number, GROUND, "until_without_ground", {}))
        if faults or state is None:
            return faults
        member, name, workplace, residence = (text or "" for text in texts)
        who = (line.number, member, name, workplace, residence, birth)
        then = (evaluated_in, rating, came_from, group, ground, until)
        return AdoptionRow(*who, state, since, number, issued_on, *then, self._today)

    def first_day(self, line: Line) -> date | None:
        """Give the earlier of both days, as far as they can be read."""
        days = (self._day_in(line, column) for column in (SINCE, ISSUED_ON))
        return min((day for day in days if day is not None), default=None)

    def _known(
        self, line: Line, column: str, read: Callable[[Cell], T], faults: list[Fault]
    ) -> T | None:
        """Read what may be unknown: an empty cell, or one that says so."""
        cell = self._cell(line, column)
        if is_empty(cell) or (isinstance(cell, str) and plain(cell) in _UNKNOWN):
            return None
        return self._value(line, column, read, faults)


def _state_of(cell: Cell) -> State:
    """Read a state as the screen says it, as people do, or as its code."""
    found = _codes("state").get(plain(text_of(cell, STATE)))
    known = [state for state in State if state not in CLOSED]
    if found is None or found not in known:
        raise BadCell("unknown_state", given=str(cell), known=known)
    return State(found)


def _coded(section: str, code: str) -> Callable[[Cell], str]:
    """Give what reads a word of a section of the words as its code."""

    def read(cell: Cell) -> str:
        found = _codes(section).get(plain(text_of(cell, section)))
        if found is None:
            raise BadCell(code, given=str(cell))
        return found

    return read


@cache
def _codes(section: str) -> Mapping[str, str]:
    """Give the codes of a section by all that stands for them, folded."""
    return {
        plain(said): code
        for language in LANGUAGES
        for code, words in table(language)[section].items()
        for said in (code, words, *_AS_PEOPLE_SAY.get(code, ()))
    }
