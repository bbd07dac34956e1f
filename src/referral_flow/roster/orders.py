"""From a row to the commands that carry it out, and from a refusal back to the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from referral_flow.domain.referral.commands import Issue
from referral_flow.domain.referral.state import Paper
from referral_flow.domain.register.commands import AddMember
from referral_flow.engine.command import Command
from referral_flow.engine.refusal import Refusal
from referral_flow.roster.faults import Fault
from referral_flow.roster.headings import ISSUED_ON, MEMBER, NUMBER, RESIDENCE, WORKPLACE
from referral_flow.roster.rows import Placed, RosterRow, fingerprint

_COLUMNS = {
    "unknown_member": MEMBER,
    "not_own_member": WORKPLACE,
    "not_to_be_introduced": MEMBER,
    "open_referral_exists": MEMBER,
    "already_registered": MEMBER,
    "not_a_residence_committee": RESIDENCE,
    "not_a_workplace_committee": WORKPLACE,
    "duplicate_paper": NUMBER,
    "date_in_future": ISSUED_ON,
    "before_last_step": ISSUED_ON,
    "too_far_back": ISSUED_ON,
}


class Order(NamedTuple):
    """What a row asks for: the member, if new, and the referral.

    `columns` says for the code of a refusal in which column it is told.
    """

    placed: Placed
    commands: tuple[tuple[Command[Any], str | None], ...]
    columns: Mapping[str, str]

    @property
    def line(self) -> int:
        """Give the line of the row."""
        return self.placed.row.line


OrderOf = Callable[[Placed, bool], Order]
"""Makes the order of a row, of a member whom the register knows or not."""


def order_of(late_reason: str) -> OrderOf:
    """Give what makes the order of a paper that is recorded late, for this reason."""
    return lambda placed, known: _order_of(placed, known, late_reason)


def _order_of(placed: Placed, known: bool, late_reason: str) -> Order:
    """Make the commands; their ids follow from what the row says, so that once is enough."""
    row, workplace, residence, _ = placed
    assert isinstance(row, RosterRow)
    on = row.issued_on
    content = (row.member, workplace, residence, row.number, on.isoformat())
    id = f"roster-{fingerprint(*content)}"
    issue = Issue(
        row.member,
        residence,
        Paper(row.number, on),
        workplace=workplace,
        on=on,
        late_reason=late_reason,
    )
    return Order(placed, with_member(placed, known, issue, id), _COLUMNS)


def with_member(
    placed: Placed, known: bool, command: Command[Any], id: str | None
) -> tuple[tuple[Command[Any], str | None], ...]:
    """Put before a command, if need be, the one that registers the member."""
    if known:
        return ((command, id),)
    row = placed.row
    add = AddMember(row.member, placed.workplace, row.name, on=placed.registered_on)
    return ((add, None if id is None else f"{id}-member"), (command, id))


def fault_of(order: Order, refusal: Refusal) -> Fault:
    """Say in the row what the flow refused."""
    column = order.columns.get(refusal.code, "")
    if refusal.code == "unknown_committee":
        residence = refusal.data.get("committee") == order.placed.residence
        column = RESIDENCE if residence else WORKPLACE
    if refusal.code == "unknown_member" and len(order.commands) == 1:
        # It was found there today, so it came into the register after that day.
        return Fault(order.line, MEMBER, "member_not_yet", {"on": order.placed.row.judged_on})
    return Fault(order.line, column, refusal.code, refusal.named(), "refusal")
