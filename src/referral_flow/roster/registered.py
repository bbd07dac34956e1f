"""What the register knows already of the members of a roster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from referral_flow.application.desk import Desk
from referral_flow.application.flow import ReferralFlow
from referral_flow.roster.faults import Fault
from referral_flow.roster.headings import NAME, WORKPLACE
from referral_flow.roster.rows import Placed
from referral_flow.words.order import folded

PAGE = 500


class Registered:
    """Asks the register about many members at once."""

    def __init__(self, flow: ReferralFlow, today: date) -> None:
        self._flow = flow
        self._today = today
        # A host's own register is not written to: whoever is not in it is unknown.
        self._keeps = "member" in flow.processes

    def look(self, rows: Sequence[Placed]) -> tuple[set[str], dict[int, list[Fault]]]:
        """Give who need not be added, and by line what contradicts the register."""
        ids = [placed.row.member for placed in rows]
        directory = self._flow.directory
        members = directory.members(ids, self._today)
        names = directory.names(list(members), self._today) if members else {}
        faults: dict[int, list[Fault]] = {}
        for row, workplace, *_ in rows:
            member = members.get(row.member)
            data = {"member": row.member}
            if member is not None and member.workplace != workplace:
                found = Fault(row.line, WORKPLACE, "not_own_member", data, "refusal")
                faults.setdefault(row.line, []).append(found)
            name = names.get(row.member)
            if name and folded(name) != folded(row.name):
                found = Fault(row.line, NAME, "other_name", data)
                faults.setdefault(row.line, []).append(found)
        return set(members) if self._keeps else set(ids), faults

    def everybody(self, desk: Desk) -> Iterator[tuple[str, str, str]]:
        """Give all members of the kept register: id, workplace, name."""
        after = None
        while self._keeps:
            page = desk.find(kind="member", after=after, limit=PAGE)
            names = self._flow.directory.names([m.key for m in page], self._today)
            yield from ((m.key, m.workplace, names.get(m.key, "")) for m in page)
            after = page.after
            if after is None:
                return
