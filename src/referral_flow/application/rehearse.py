"""Groups of commands, each done together or not at all: rehearsed, or carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from referral_flow.application.desk import Desk
from referral_flow.application.execute import TRIES, in_unit, prefetch
from referral_flow.application.streams import Ran
from referral_flow.application.unit import Unit
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.refusal import Refusal
from referral_flow.errors import (
    CommandReused,
    ConcurrencyError,
    InvalidCommand,
    ReferralFlowError,
    Refused,
    Taken,
)

Group = Sequence[tuple[Command[Any], str]]
"""Commands with their ids that are to be done together; it was done if its last one was."""


@frozen
class Foreseen:
    """What becomes of a group: refused, done, or done before under the same id."""

    refusals: tuple[Refusal, ...] = ()
    repeated: bool = False


def rehearse(
    desk: Desk, groups: Sequence[Group], before: Sequence[Command[Any]] = ()
) -> list[Foreseen]:
    """Say what would become of groups of commands, one after the other; nothing is written.

    What a group would do counts for the groups after it; of a refused one nothing does.
    `before` is carried out first, as far as it is not refused.
    """
    unit = _unit_for(desk, groups)
    for number, command in enumerate(before):
        _foreseen(desk, unit, ((command, f"before-{number}"),), asking=False)
    return [_foreseen(desk, unit, group, asking=True) for group in groups]


def carry_out(desk: Desk, groups: Sequence[Group]) -> Iterator[tuple[int, Foreseen]]:
    """Do groups of commands in one transaction; tell of each, by its place, once it is written.

    After a lost race each group is done again in a transaction of its own. Raises
    OutcomeUnknown and StoreError: what was not told by then may be asked for again.
    """
    unit = _unit_for(desk, groups)
    # Whether it was done before shows by a refusal, or when it is written: most were not.
    told = [_foreseen(desk, unit, group, asking=False) for group in groups]
    try:
        _append(desk, unit)
    except (ConcurrencyError, Taken, CommandReused):
        told = []
    yield from enumerate(told)
    if not told:
        yield from ((number, _alone(desk, group)) for number, group in enumerate(groups))


def _alone(desk: Desk, group: Group) -> Foreseen:
    lost: ReferralFlowError | None = None
    for _ in range(TRIES):
        unit = _unit_for(desk, [group])
        told = _foreseen(desk, unit, group, asking=True)
        try:
            _append(desk, unit)
        except (ConcurrencyError, Taken, CommandReused) as error:
            lost = error
        else:
            return told
    assert lost is not None
    return Foreseen((_refusal_of(lost, group[-1][0]),))


def _unit_for(desk: Desk, groups: Sequence[Group]) -> Unit:
    unit = Unit(desk._parts, desk._parts.now())
    prefetch(unit, [c for group in groups for c, _ in group], desk.actor)
    return unit


def _append(desk: Desk, unit: Unit) -> None:
    if unit.ran:
        # One transaction: what became of its first command became of all.
        desk._executor._append(unit, unit.ran[0].text)
        desk._executor._announcer.announce(unit)


def _foreseen(desk: Desk, unit: Unit, group: Group, asking: bool) -> Foreseen:
    """Run a group in the unit; `asking` looks first whether it was done before."""
    mark = unit.mark()
    try:
        rans = [_ran(desk, command, text) for command, text in group]
        if asking and _remembered(desk, rans[-1]):
            return Foreseen(repeated=True)
        for (command, _), ran in zip(group, rans, strict=True):
            in_unit(unit, command, desk.actor, ran)
    except Refused as refused:
        unit.back(mark)
        repeated = not asking and _remembered(desk, rans[-1])
        return Foreseen(repeated=True) if repeated else Foreseen(refused.refusals)
    except InvalidCommand as error:
        unit.back(mark)
        return Foreseen((_refusal_of(error, group[-1][0]),))
    return Foreseen()


def _ran(desk: Desk, command: Command[Any], text: str) -> Ran:
    body = desk._parts.codec.checked(command)
    return desk._executor._ran(command, text, body, desk.actor)


def _remembered(desk: Desk, ran: Ran) -> bool:
    return desk._parts.store.load([], ran.id)[1] is not None


def _refusal_of(error: ReferralFlowError, command: Command[Any]) -> Refusal:
    return Refusal(error.code, {**error.data, "of": name_of(type(command))})
