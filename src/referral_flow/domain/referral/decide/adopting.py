"""What an allowed command changes: adopting what is under way, and undoing it.

Nobody is told of either: what has been known for years is no news (S56).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.batch.commands import NoteAdopted, NoteUndone
from referral_flow.domain.group.commands import Join, Leave
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.decide.parts import (
    CYCLE_TURN,
    EXEMPTION_ENDS,
    REMIND,
    cycle_of,
)
from referral_flow.domain.referral.facts import (
    AdoptFacts,
    adopted_row,
    claims_of,
    known_number,
    open_referral,
)
from referral_flow.domain.referral.guards.adopting import COMES_BACK
from referral_flow.domain.referral.state import KnownPaper, Referral, State
from referral_flow.engine import EVERYTHING, Command, Decision


def adopt(_: None, command: c.Adopt, at: At[AdoptFacts]) -> Decision:
    """Take the referral over as it is found: claims and coming timers, and no message (S56)."""
    deadline = _running_deadline(command, at)
    adopted = e.Adopted(
        command.member,
        command.workplace,
        command.residence,
        command.paper or KnownPaper(),
        command.on,
        at.today,
        deadline,
        _came_from(command),
        command.evaluation,
        command.group,
        command.exemption,
        command.batch,
        command.row,
        at.rules.name,
        cycle_of(at),
    )
    also: list[Command[Any]] = []
    if command.group is not None:
        # The seat is taken today: since when the member had it, nobody says.
        also.append(Join(command.group, referral=at.new(), member=command.member, on=at.today))
    if command.batch is not None:
        also.append(NoteAdopted(command.batch, at.new(), at.on, on=at.today))
    return Decision(
        (adopted,),
        also=tuple(also),
        take=claims_of(command),
        timers=_ahead(command, deadline, at),
    )


def undo_adoption(state: Referral, _: c.UndoAdoption, at: At[None]) -> Decision:
    """Free all that it holds, so that the member can be referred or adopted again (S56)."""
    found = state.adoption
    batch = None if found is None else found.batch
    row = None if found is None else found.row
    noted = () if batch is None else (NoteUndone(batch, state.id, on=at.today),)
    # The group has gone on since: the seat is free from today.
    left = () if state.group is None else (Leave(state.group, state.id, on=at.today),)
    return Decision(
        (e.AdoptionUndone(cycle_of(at)),),
        also=(*left, *noted),
        free=(
            open_referral(state.member),
            *known_number(state.workplace, state.paper),
            *adopted_row(batch, row),
        ),
        cancel=EVERYTHING,
        withdraw=EVERYTHING,
    )


def _came_from(command: c.Adopt) -> State | None:
    """Give where a suspended or evaluated referral goes back to: else what claims the least."""
    if command.state not in COMES_BACK:
        return None
    return command.came_from or (State.SUBMITTED if command.group is None else State.ASSIGNED)


def _running_deadline(command: c.Adopt, at: At[Any]) -> date | None:
    """Give the deadline of a paper that is out, unless it passed before anybody looked here."""
    issued_on = command.on or (None if command.paper is None else command.paper.date)
    if command.state is not State.ISSUED or issued_on is None:
        return None
    deadline = issued_on + timedelta(days=at.rules.submit.deadline)
    return deadline if deadline >= at.today else None


def _ahead(command: c.Adopt, deadline: date | None, at: At[Any]) -> dict[str, datetime]:
    """Give the timers that are still to come; none is made up for."""
    days: dict[str, date] = {}
    if deadline is not None:
        days[REMIND] = deadline + timedelta(days=at.rules.submit.remind_after + 1)
    until = None if command.exemption is None else command.exemption.until
    if command.state is State.EXEMPT and until is not None:
        days[EXEMPTION_ENDS] = until + timedelta(days=1)
    if command.state is State.EVALUATED:
        cycle = cycle_of(at) if command.evaluation is None else command.evaluation.cycle
        now = at.rules.cycle_of(at.today)
        # A turn that was missed is not made up for: the next one opens the cycle.
        days[CYCLE_TURN] = at.rules.cycle_start(max(cycle, now) + 1)
    starts = {name: at.start_of(day) for name, day in days.items()}
    return {name: due for name, due in starts.items() if due > at.now}
