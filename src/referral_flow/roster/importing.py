"""Import a sheet: each good row becomes a member and a referral, each bad one is told.

Lines are read twice. The first time nothing is written: a file that cannot be read to its
end is refused as a whole. The second time they go by in chunks, each one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from attrs import define, field, frozen

from referral_flow.application.answers import Done, RefusedRow
from referral_flow.application.desk import Desk
from referral_flow.application.flow import ReferralFlow
from referral_flow.application.many import Keyed
from referral_flow.application.rehearse import rehearse
from referral_flow.domain.people import CommitteeKind
from referral_flow.domain.referral.facts import paper_number
from referral_flow.domain.register.commands import AddCommittee
from referral_flow.engine.command import Command
from referral_flow.roster.committees import Committees, Kept
from referral_flow.roster.faults import BadCell, Fault
from referral_flow.roster.headings import MEMBER, NUMBER, RESIDENCE, WORKPLACE, Header
from referral_flow.roster.opening import Sheet, naming
from referral_flow.roster.orders import Order, OrderOf, fault_of
from referral_flow.roster.registered import Registered
from referral_flow.roster.rows import LineReader, Placed, Row
from referral_flow.roster.scratch import Scratch
from referral_flow.roster.sources import Line
from referral_flow.roster.values import is_empty

CHUNK = 250
"""Rows of one transaction: a member and a referral each, all that is committed at once."""

Progress = Callable[[str, int, int], None]
Told = Callable[[Line, Sequence[Fault]], None]
MakeReader = Callable[[Header, date, int | None], LineReader]


@frozen
class How:
    """How a sheet is imported; `already` is the refusal of what an earlier run has done."""

    dry_run: bool = False
    id_digits: int | None = None
    already: str | None = None


@define
class Tally:
    """What became of the rows so far: what is counted here has been committed."""

    rows: int = 0
    done: int = 0
    already: int = 0
    bad: int = 0
    members: int = 0
    committees: int = 0
    faults: Counter[str] = field(factory=Counter)


@frozen
class Survey:
    """What a first reading found: how many rows, and the earliest day that they name."""

    rows: int
    first: date | None


class Import:
    """One sheet on its way into a flow; `told` hears of every row, in order."""

    def __init__(
        self,
        flow: ReferralFlow,
        desk: Desk,
        sheet: Sheet,
        how: How,
        reader: MakeReader,
        *,
        scratch: Scratch,
        today: date,
        told: Told,
        progress: Progress,
    ) -> None:
        self._desk = desk
        self._sheet = sheet
        self._how = how
        self._scratch = scratch
        self._told = told
        self._progress = progress
        self._reader = reader(sheet.header, today, how.id_digits)
        self._registered = Registered(flow, today)
        self._made: set[str] = set()
        self.tally = Tally()

    def survey(self) -> Survey:
        """Read to the end; raises UnusableFile for a file that is not whole."""
        rows, first = 0, None
        with naming(self._sheet.path):
            for rows, line in enumerate(self._lines(), 1):
                day = self._reader.first_day(line)
                if day is not None and (first is None or day < first):
                    first = day
                if rows % 10_000 == 0:
                    self._progress("reading", rows, 0)
        return Survey(rows, first)

    def run(self, committees: Committees, order_of: OrderOf, survey: Survey, since: date) -> None:
        """Import the rows; committees made on the way are there since `since`.

        What was counted stays when this is interrupted, and the rest is not there.
        """
        self._make(committees, committees.unmade(committees.to_make))
        lines = self._lines()
        while chunk := list(islice(lines, CHUNK)):
            faults = self._chunk(chunk, committees, order_of, since)
            for line in chunk:
                found = faults.get(line.number, [])
                self.tally.rows += 1
                self.tally.bad += bool(found)
                self.tally.faults.update(fault.code for fault in found)
                self._told(line, found)
            self._progress("importing", self.tally.rows, survey.rows)

    def _lines(self) -> Iterator[Line]:
        after = self._sheet.header.line
        for line in self._sheet.source.lines():
            if line.number > after and (line.broken or not all(map(is_empty, line.cells))):
                yield line

    # --- one chunk

    def _chunk(
        self, lines: Sequence[Line], committees: Committees, order_of: OrderOf, since: date
    ) -> dict[int, list[Fault]]:
        """Import some lines; gives the faults by line."""
        faults: dict[int, list[Fault]] = {}
        rows: list[Placed] = []
        for line in lines:
            read = self._reader.read(line)
            placed = read if isinstance(read, list) else _placed(read, committees, since)
            if isinstance(placed, list):
                faults[line.number] = placed
            else:
                rows.append(placed)
        known, differing = self._registered.look(rows)
        orders: list[Order] = []
        for row in rows:
            # What the file itself says twice is told first: it is the same on every run.
            found = self._repeated(row) or differing.get(row.row.line, [])
            if found:
                faults[row.row.line] = found
            else:
                self._scratch.keep_seen(row, paper_of(row))
                orders.append(order_of(row, row.row.member in known))
        self._carry_out(orders, committees, faults)
        refused = [order.placed for order in orders if order.line in faults]
        self._scratch.forget_seen([(placed, paper_of(placed)) for placed in refused])
        self._scratch.keep_people(o.placed for o in orders if o.line not in faults)
        return faults

    def _repeated(self, placed: Placed) -> list[Fault]:
        row = placed.row
        before, first_of_paper = self._scratch.seen(row.member, paper_of(placed))
        if before is not None:
            code = "row_twice" if before.content == placed.content else "member_twice"
            data = {"first": before.line, "member": row.member}
            return [Fault(row.line, MEMBER, code, data)]
        if first_of_paper is not None:
            number, day = row.paper or ("", row.on)
            data = {"first": first_of_paper, "number": number, "year": str(day.year)}
            return [Fault(row.line, NUMBER, "paper_twice", data)]
        return []

    # --- to the flow

    def _carry_out(
        self, orders: Sequence[Order], committees: Committees, faults: dict[int, list[Fault]]
    ) -> None:
        """Do what the flow would not refuse; of a row that it refuses nothing is done."""
        before = committees.unmade(id for order in orders for id in order.placed.committees)
        foreseen = rehearse(self._desk, [order.commands for order in orders], before)
        good: list[Order] = []
        for order, seen in zip(orders, foreseen, strict=True):
            if seen.repeated or any(r.code == self._how.already for r in seen.refusals):
                self.tally.already += 1
            elif seen.refusals:
                faults[order.line] = [fault_of(order, r) for r in seen.refusals]
            else:
                good.append(order)
        self._make(
            committees, committees.unmade(id for order in good for id in order.placed.committees)
        )
        if self._how.dry_run:
            self.tally.done += len(good)
            self.tally.members += sum(len(order.commands) > 1 for order in good)
        elif good:
            self._execute(good, faults)

    def _execute(self, orders: Sequence[Order], faults: dict[int, list[Fault]]) -> None:
        keyed = [(order, command) for order in orders for command in order.commands]

        def told(number: int, answer: Done[Any] | RefusedRow) -> None:
            order, (command, _) = keyed[number]
            referral = command is order.commands[-1][0]
            if isinstance(answer, Done):
                self.tally.done += referral
                self.tally.members += not referral
            else:
                found = [fault_of(order, refusal) for refusal in answer.refusals]
                faults.setdefault(order.line, []).extend(found)

        self._desk.execute_many((_keyed(*command) for _, command in keyed), told)

    def _make(self, committees: Committees, commands: Sequence[AddCommittee]) -> None:
        """Make committees; in a rehearsal they are only counted."""
        if self._how.dry_run:
            self._made.update(command.committee for command in commands)
            self.tally.committees = len(self._made)
        elif commands:
            self.tally.committees += self._desk.execute_many(commands).done
            committees.were_made(commands)


def _keyed(command: Command[Any], id: str | None) -> Keyed:
    return command if id is None else (command, id)


def _placed(row: Row, committees: Committees, since: date) -> Placed | list[Fault]:
    """Find the committees that a row names, or say what is wrong with them."""
    faults: list[Fault] = []
    found: list[Kept] = []
    for column, written, kind in (
        (WORKPLACE, row.workplace, CommitteeKind.WORKPLACE),
        (RESIDENCE, row.residence, CommitteeKind.RESIDENCE),
    ):
        try:
            found.append(committees.resolve(written, kind, since, row.judged_on))
        except BadCell as bad:
            faults.append(Fault(row.line, column, bad.code, bad.data))
    if faults:
        return faults
    workplace, residence = found
    return Placed(row, workplace.id, residence.id, max(row.on, workplace.since))


def paper_of(placed: Placed) -> str | None:
    """Give what two papers must not have in common, as the rules write it, if it is known."""
    paper = placed.row.paper
    return None if paper is None else paper_number(placed.workplace, *paper).value
