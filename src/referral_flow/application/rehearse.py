"""Groups of commands, each done together or not at all: rehearsed, or carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from referral_flow.application.asked import Asked
from referral_flow.application.desk import Desk
from referral_flow.application.execute import LOST, TRIES, in_unit, prefetch
from referral_flow.application.unit import Unit
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.refusal import Refusal
from referral_flow.errors import InvalidCommand, ReferralFlowError, Refused

Group = Sequence[tuple[Command[Any], str | None]]
"""Commands, with their ids if they have some, to be done together; done if the last one was."""


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
    for command in before:
        _foreseen(desk, unit, ((command, None),), asking=False)
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
    except LOST:
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
        except LOST as error:
            lost = error
        else:
            return told
    assert lost is not None
    return Foreseen((_refusal_of(lost, group[-1][0]),))


def _unit_for(desk: Desk, groups: Sequence[Group]) -> Unit:
    unit = Unit(desk._parts)
    prefetch(unit, [(command, desk.actor) for group in groups for command, _ in group])
    return unit


def _append(desk: Desk, unit: Unit) -> None:
    if unit.ran:
        desk._executor.append(unit)
        desk._executor.announcer.announce(unit, unit.ran)


def _foreseen(desk: Desk, unit: Unit, group: Group, asking: bool) -> Foreseen:
    """Run a group in the unit; `asking` looks first whether it was done before."""
    mark = unit.mark()
    try:
        every = [desk._executor.asked(command, desk.actor, text) for command, text in group]
        if asking and _remembered(desk, every[-1]):
            return Foreseen(repeated=True)
        for asked in every:
            in_unit(unit, asked)
    except Refused as refused:
        unit.back(mark)
        repeated = not asking and _remembered(desk, every[-1])
        return Foreseen(repeated=True) if repeated else Foreseen(refused.refusals)
    except InvalidCommand as error:
        unit.back(mark)
        return Foreseen((_refusal_of(error, group[-1][0]),))
    return Foreseen()


def _remembered(desk: Desk, asked: Asked) -> bool:
    return asked.named and desk._parts.store.load([], asked.ran.id)[1] is not None


def _refusal_of(error: ReferralFlowError, command: Command[Any]) -> Refusal:
    return Refusal(error.code, {**error.data, "of": name_of(type(command))})
