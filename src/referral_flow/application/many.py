"""Carry out many commands in batches: each one whole, or refused with its row."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from referral_flow.application.answers import Done, Many, RefusedRow
from referral_flow.application.asked import Asked
from referral_flow.application.execute import LOST, Executor, prefetch
from referral_flow.application.unit import Unit
from referral_flow.codec import CHANCE
from referral_flow.engine.actor import Actor
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.record import Record
from referral_flow.engine.refusal import Refusal, RefusalKind
from referral_flow.errors import (
    CommandReused,
    ConcurrencyError,
    InvalidCommand,
    ReferralFlowError,
    Refused,
)

BATCH = 500

Keyed = Command[Any] | tuple[Command[Any], str]
Each = Callable[[int, Done[Any] | RefusedRow], None]
_Answered = tuple[int, Done[Any] | RefusedRow]


class _Row(Record):
    """One command of many, with its place among them."""

    number: int
    command: Command[Any]
    command_id: str | None


def execute_many(
    executor: Executor, commands: Iterable[Keyed], actor: Actor, each: Each | None = None
) -> Many:
    """Carry out many commands in batches; each one whole or refused with its row."""
    done = 0
    refused: list[RefusedRow] = []
    for number, answer in _batches(executor, iter(commands), actor):
        if isinstance(answer, Done):
            done += 1
        else:
            refused.append(answer)
        if each is not None:
            each(number, answer)
    return Many(done, tuple(refused))


def _batches(executor: Executor, commands: Iterable[Keyed], actor: Actor) -> Iterable[_Answered]:
    first = 0
    while chunk := list(islice(commands, BATCH)):
        pairs = [keyed if isinstance(keyed, tuple) else (keyed, None) for keyed in chunk]
        rows = [_Row(first + n, *pair) for n, pair in enumerate(pairs)]
        yield from _batch(executor, rows, actor)
        first += len(chunk)


def _batch(executor: Executor, rows: Sequence[_Row], actor: Actor) -> Iterable[_Answered]:
    unit = Unit(executor.parts)
    drawn = os.urandom(CHANCE * len(rows))
    chances = [drawn[at : at + CHANCE] for at in range(0, len(drawn), CHANCE)]
    checked = [
        _checked(executor, row, actor, chance) for row, chance in zip(rows, chances, strict=True)
    ]
    prefetch(unit, [(a.command, actor) for a in checked if isinstance(a, Asked)])
    answers = [_decided(executor, unit, row, a) for row, a in zip(rows, checked, strict=True)]
    try:
        executor.append(unit)
    except LOST:
        if executor.joined:
            raise
        # One by one as they are done: what is told is what is committed.
        return ((row.number, _alone(executor, row, actor)) for row in rows)
    executor.announcer.announce(unit, unit.ran)
    return [(row.number, answer) for row, answer in zip(rows, answers, strict=True)]


def _checked(executor: Executor, row: _Row, actor: Actor, chance: bytes) -> Asked | RefusedRow:
    """Refuse a command whose fields are wrong before all else."""
    try:
        return executor.asked(row.command, actor, row.command_id, chance=chance)
    except InvalidCommand as error:
        return _refused_row(row, error)


def _decided(
    executor: Executor, unit: Unit, row: _Row, asked: Asked | RefusedRow
) -> Done[Any] | RefusedRow:
    if isinstance(asked, RefusedRow):
        return asked
    try:
        return executor.decide(unit, asked)
    except (Refused, InvalidCommand, CommandReused) as error:
        return _refused_row(row, error)


def _alone(executor: Executor, row: _Row, actor: Actor) -> Done[Any] | RefusedRow:
    try:
        return executor.execute(row.command, actor, row.command_id)
    except (Refused, InvalidCommand, CommandReused, ConcurrencyError) as error:
        return _refused_row(row, error)


_KINDS: dict[type[ReferralFlowError], RefusalKind] = {
    InvalidCommand: RefusalKind.GUARD,
    CommandReused: RefusalKind.REUSED,
    ConcurrencyError: RefusalKind.LOST_RACE,
}


def _refused_row(row: _Row, error: ReferralFlowError) -> RefusedRow:
    name = name_of(type(row.command))
    if isinstance(error, Refused):
        return RefusedRow(row.number, name, error.refusals)
    refusal = Refusal(error.code, error.data, kind=_KINDS[type(error)])
    return RefusedRow(row.number, name, (refusal,))
