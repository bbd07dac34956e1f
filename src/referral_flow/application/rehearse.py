"""See what many commands would do, without doing any of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from referral_flow.application.desk import Desk
from referral_flow.application.execute import prefetch
from referral_flow.application.run import run
from referral_flow.application.unit import Unit
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.refusal import Refusal
from referral_flow.errors import InvalidCommand, Refused

Group = Sequence[tuple[Command[Any], str | None]]
"""Commands, with their ids if they have some, that are to be done together or not at all."""


@frozen
class Foreseen:
    """What would become of a group: refused, done, or done before under the same id."""

    refusals: tuple[Refusal, ...] = ()
    repeated: bool = False


def rehearse(
    desk: Desk, groups: Sequence[Group], before: Sequence[Command[Any]] = ()
) -> list[Foreseen]:
    """Say what would become of groups of commands, one after the other; nothing is written.

    What a group would do counts for the groups after it; of a refused one nothing does.
    `before` is carried out first, as far as it is not refused.
    """
    unit = Unit(desk._parts, desk._parts.now())
    prefetch(unit, [(command, desk.actor) for group in groups for command, _ in group])
    for number, command in enumerate(before):
        _foreseen(desk, unit, ((command, f"before-{number}"),))
    return [_foreseen(desk, unit, group) for group in groups]


def _foreseen(desk: Desk, unit: Unit, group: Group) -> Foreseen:
    mark = unit.mark()
    repeated = False
    for command, text in group:
        try:
            ran = desk._executor.asked(command, desk.actor, text).ran
            repeated = text is not None and desk._parts.store.load([], ran.id)[1] is not None
            if not repeated:
                unit.command = ran.id
                run(unit, command, desk.actor, ran.id)
        except Refused as refused:
            unit.back(mark)
            return Foreseen(refused.refusals)
        except InvalidCommand as error:
            unit.back(mark)
            return Foreseen((Refusal(error.code, {**error.data, "of": name_of(type(command))}),))
    return Foreseen(repeated=repeated)
