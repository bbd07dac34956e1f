"""A list of committees as a sheet of its own: id, name, kind, superior, since."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from referral_flow.domain.people import CommitteeKind
from referral_flow.domain.register.commands import AddCommittee
from referral_flow.roster.committees import Committees
from referral_flow.roster.faults import BadCell, Fault
from referral_flow.roster.headings import plain
from referral_flow.roster.opening import Sheet, naming
from referral_flow.roster.sources import Cell, Line
from referral_flow.roster.values import is_empty, paper_day, text_of

KINDS = {
    "workplace": CommitteeKind.WORKPLACE,
    "noi cong tac": CommitteeKind.WORKPLACE,
    "cap uy noi cong tac": CommitteeKind.WORKPLACE,
    "residence": CommitteeKind.RESIDENCE,
    "noi cu tru": CommitteeKind.RESIDENCE,
    "cap uy noi cu tru": CommitteeKind.RESIDENCE,
    "superior": CommitteeKind.SUPERIOR,
    "cap tren": CommitteeKind.SUPERIOR,
    "cap uy cap tren": CommitteeKind.SUPERIOR,
}


class _Row(NamedTuple):
    line: int
    command: AddCommittee
    since: date


def read_list(sheet: Sheet, committees: Committees, since: date, today: date) -> list[Fault]:
    """Let `committees` know those of a list, each after its superior; give what is wrong.

    One that is known already and the same in all is passed over.
    """
    faults: list[Fault] = []
    rows: dict[str, _Row] = {}
    with naming(sheet.path):
        lines = list(sheet.source.lines())
    for line in lines:
        if line.number <= sheet.header.line or all(is_empty(cell) for cell in line.cells):
            continue
        row = _row(line, sheet, since, today, faults)
        if row is None:
            continue
        first = rows.setdefault(row.command.committee, row)
        if first is not row:
            data = {"committee": row.command.committee, "first": first.line}
            faults.append(Fault(line.number, "id", "committee_twice", data))
    return sorted(faults + _added(rows, committees), key=lambda fault: fault.line)


def _row(line: Line, sheet: Sheet, since: date, today: date, faults: list[Fault]) -> _Row | None:
    place = sheet.header.place
    before = len(faults)

    def cell(column: str) -> Cell:
        at = place.get(column)
        return "" if at is None or at >= len(line.cells) else line.cells[at]

    def text(column: str) -> str:
        try:
            if is_empty(cell(column)) and column != "superior":
                raise BadCell(f"no_{column}")
            return text_of(cell(column), column)
        except BadCell as bad:
            faults.append(Fault(line.number, column, bad.code, bad.data))
            return ""

    id, name, superior, written = text("id"), text("name"), text("superior"), text("kind")
    kind = KINDS.get(plain(written))
    if written and kind is None:
        known = [kind.value for kind in CommitteeKind]
        faults.append(
            Fault(line.number, "kind", "unknown_kind", {"given": written, "known": known})
        )
    try:
        since = since if is_empty(cell("since")) else paper_day(cell("since"), today)
    except BadCell as bad:
        faults.append(Fault(line.number, "since", bad.code, bad.data))
    if kind is None or len(faults) > before:
        return None
    return _Row(line.number, AddCommittee(id, kind, name, superior or None, on=since), since)


def _added(rows: dict[str, _Row], committees: Committees) -> list[Fault]:
    """Add what can be added until nothing more can: a superior may stand further down."""
    faults: list[Fault] = []
    waiting = dict(rows)
    while True:
        ready = [
            row
            for row in waiting.values()
            if row.command.superior is None or row.command.superior in committees.by_id
        ]
        for row in ready:
            del waiting[row.command.committee]
            faults += _add(row, committees)
        if not ready:
            break
    for row in waiting.values():
        data = {"committee": row.command.superior}
        faults.append(Fault(row.line, "superior", "unknown_superior", data))
    return faults


def _add(row: _Row, committees: Committees) -> list[Fault]:
    command = row.command
    known = committees.by_id.get(command.committee)
    if known is not None:
        same = (known.kind, known.name, known.superior) == (
            command.kind,
            command.name,
            command.superior,
        )
        data = {"committee": known.id}
        return [] if same else [Fault(row.line, "id", "committee_differs", data)]
    above = committees.by_id.get(command.superior or "")
    if above is not None and above.since > row.since:
        days = {"committee": above.id, "since": above.since, "on": row.since}
        return [Fault(row.line, "since", "committee_not_yet", days)]
    committees.add(command, row.since)
    return []
