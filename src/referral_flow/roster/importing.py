"""Import a sheet: each good row becomes a member and a referral, each bad one is told.

Lines are read twice. The first time nothing is written: a file that cannot be read to its
end is refused as a whole. The second time they go by in chunks, each one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from attrs import define, field, frozen

from referral_flow.application.desk import Desk
from referral_flow.application.flow import ReferralFlow
from referral_flow.application.rehearse import Foreseen, carry_out, rehearse
from referral_flow.domain.people import CommitteeKind
from referral_flow.domain.referral.facts import paper_number
from referral_flow.domain.register.commands import AddCommittee
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

CHUNK = 1_000
"""Rows of one transaction: a member and a referral each. Fewer cost more time of the disk."""

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
        with naming(self._sheet.path):
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
        while rows:
            orders, rows = self._orders(rows, order_of, known, differing, faults)
            self._carry_out(orders, committees, faults)
            refused = [order.placed for order in orders if order.line in faults]
            self._scratch.forget_seen([(placed, paper_of(placed)) for placed in refused])
            self._scratch.keep_people(o.placed for o in orders if o.line not in faults)
        return faults

    def _orders(
        self,
        rows: Sequence[Placed],
        order_of: OrderOf,
        known: set[str],
        differing: Mapping[int, list[Fault]],
        faults: dict[int, list[Fault]],
    ) -> tuple[list[Order], list[Placed]]:
        """Give what is to be done, and the rows that can be judged only after it."""
        orders: dict[int, Order] = {}
        later: list[Placed] = []
        for row in rows:
            # What the file itself says twice is told first: it is the same on every run.
            found = self._repeated(row) or differing.get(row.row.line, [])
            if found and found[0].data.get("first") in orders:
                # The first one may yet be refused: then this one may be right.
                later.append(row)
            elif found:
                faults[row.row.line] = found
            else:
                self._scratch.keep_seen(row, paper_of(row))
                orders[row.row.line] = order_of(row, row.row.member in known)
        return list(orders.values()), later

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
        """Do each row whole, or say in it what the flow refused."""
        unmade = committees.unmade(id for order in orders for id in order.placed.committees)
        if self._how.dry_run or unmade:
            # A committee is made for rows that will be accepted, and for no others.
            orders = self._foreseen(orders, unmade, faults)
            wanted = (id for order in orders for id in order.placed.committees)
            self._make(committees, committees.unmade(wanted))
        if self._how.dry_run:
            for order in orders:
                self._count(order)
        elif orders:
            self._execute(orders, faults)

    def _foreseen(
        self,
        orders: Sequence[Order],
        unmade: Sequence[AddCommittee],
        faults: dict[int, list[Fault]],
    ) -> list[Order]:
        """Give the rows that would be done."""
        foreseen = rehearse(self._desk, [order.commands for order in orders], unmade)
        return [
            order
            for order, seen in zip(orders, foreseen, strict=True)
            if self._is_good(order, seen, faults)
        ]

    def _execute(self, orders: Sequence[Order], faults: dict[int, list[Fault]]) -> None:
        for number, seen in carry_out(self._desk, [order.commands for order in orders]):
            if self._is_good(orders[number], seen, faults):
                self._count(orders[number])

    def _is_good(self, order: Order, seen: Foreseen, faults: dict[int, list[Fault]]) -> bool:
        """Say whether a row is done now, and note why not."""
        if seen.repeated or any(r.code == self._how.already for r in seen.refusals):
            self.tally.already += 1
            return False
        if seen.refusals:
            faults[order.line] = [fault_of(order, refusal) for refusal in seen.refusals]
        return not seen.refusals

    def _count(self, order: Order) -> None:
        self.tally.done += 1
        self.tally.members += len(order.commands) > 1

    def _make(self, committees: Committees, commands: Sequence[AddCommittee]) -> None:
        """Make committees; in a rehearsal they are only counted."""
        if self._how.dry_run:
            self._made.update(command.committee for command in commands)
            self.tally.committees = len(self._made)
        elif commands:
            self.tally.committees += self._desk.execute_many(commands).done
            committees.were_made(commands)


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
