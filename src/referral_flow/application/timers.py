"""Fire the timers that are due: each once, however many processes do it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

from referral_flow.application.answers import Done, Due, RefusedRow, Ticked
from referral_flow.application.execute import Executor
from referral_flow.application.many import execute_many
from referral_flow.application.parts import Parts, microseconds, moment
from referral_flow.application.run import run
from referral_flow.application.unit import Unit
from referral_flow.engine.actor import SYSTEM
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.ids import as_text
from referral_flow.engine.refusal import NOT_FOUND, Refusal, RefusalKind
from referral_flow.errors import ReferralFlowError, Refused
from referral_flow.logs import logger
from referral_flow.ports import StreamRow, TimerRow

LEASE = 60_000_000
"""Microseconds that a timer is ours; a process that dies lets it go on after that."""
_PAGE = 500
_Fate = Literal["fired", "dropped", "failed"]
_COMES_AGAIN = (RefusalKind.GUARD, RefusalKind.CRASHED)
_ALL = 1_000_000
"""Timers that one look gives at most."""


def tick(parts: Parts, executor: Executor, limit: int | None = None) -> Ticked:
    """Fire due timers, at most `limit`, as ordinary commands of the system."""
    token = os.urandom(16)
    now = microseconds(parts.now())
    fates: Counter[_Fate] = Counter()
    while limit is None or fates.total() < limit:
        left = _PAGE if limit is None else min(_PAGE, limit - fates.total())
        until = microseconds(parts.now()) + LEASE
        timers = parts.store.lease_timers(now, until, token, left)
        if not timers:
            break
        came_to = list(zip(timers, _fire(parts, executor, timers), strict=True))
        fates.update(fate for _, fate in came_to)
        _settle(parts, [timer for timer, fate in came_to if fate != "failed"], token)
    return Ticked(fates["fired"], fates["dropped"], fates["failed"])


def due(parts: Parts, limit: int | None = None) -> tuple[Due, ...]:
    """Say what would be fired now, and who would be told; nothing is leased or changed."""
    now = parts.now()
    timers = parts.store.due_timers(microseconds(now), _ALL if limit is None else limit)
    return tuple(_foreseen(parts, timer, now) for timer in timers)


def _foreseen(parts: Parts, timer: TimerRow, now: datetime) -> Due:
    """Carry the command of a timer out in a unit that is thrown away."""
    text = as_text(timer.stream)
    unit = Unit(parts, now)
    held = unit.stream(text)
    make = None if held is None else held.process.timers.get(timer.name)
    if make is None:
        return Due(text, timer.name, moment(timer.due), "", (), (NOT_FOUND,))
    command = make(text)
    refusals: tuple[Refusal, ...] = ()
    try:
        run(unit, command, SYSTEM, timer.stream)
    except Refused as refused:
        refusals = refused.refusals
    told = () if refusals else (t.tell.to for each in unit.told.values() for t in each)
    name = name_of(type(command))
    return Due(text, timer.name, moment(timer.due), name, tuple(told), refusals)


def _id_of(timer: TimerRow) -> str:
    return f"timer/{as_text(timer.stream)}/{timer.name}/{timer.due}"


def _fire(parts: Parts, executor: Executor, timers: Sequence[TimerRow]) -> Sequence[_Fate]:
    """Fire timers in one transaction; those that it refuses, or all if it fails, one by one."""
    found, _ = parts.store.load([timer.stream for timer in timers])
    commands = [_command(parts, found.get(timer.stream), timer) for timer in timers]
    asked = [(n, command) for n, command in enumerate(commands) if command is not None]
    fired: set[int] = set()

    def hear(row: int, answer: Done[Any] | RefusedRow) -> None:
        if isinstance(answer, Done):
            fired.add(asked[row][0])

    # What is asked again under its id is not done again.
    with suppress(ReferralFlowError):
        execute_many(executor, [(c, _id_of(timers[n])) for n, c in asked], SYSTEM, hear)
    return [
        "dropped"
        if command is None
        else "fired"
        if n in fired
        else _alone(executor, command, timers[n])
        for n, command in enumerate(commands)
    ]


def _command(parts: Parts, row: StreamRow | None, timer: TimerRow) -> Command[Any] | None:
    process = None if row is None else parts.processes.get(row.kind)
    make = None if process is None else process.timers.get(timer.name)
    text = as_text(timer.stream)
    if make is None:
        logger("timers").warning(
            "timer %s of %s belongs to nothing and is dropped", timer.name, text
        )
        return None
    return make(text)


def _alone(executor: Executor, command: Command[Any], timer: TimerRow) -> _Fate:
    """Fire one timer; it is dropped when its rows do not allow it any more."""
    try:
        executor.execute(command, SYSTEM, _id_of(timer))
    except ReferralFlowError as error:
        # A guard says "not now", so it comes again; without a row nothing is due any more.
        refused = error.refusals if isinstance(error, Refused) else ()
        if refused and not any(refusal.kind in _COMES_AGAIN for refusal in refused):
            return "dropped"
        logger("timers").warning(
            "timer %s of %s failed and comes again: %s",
            timer.name,
            as_text(timer.stream),
            error.code,
        )
        return "failed"
    return "fired"


def _settle(parts: Parts, timers: Sequence[TimerRow], token: bytes) -> None:
    # What set the timer again has taken the lease away: then this removes nothing.
    try:
        parts.store.settle_timers([(timer.stream, timer.name) for timer in timers], token)
    except ReferralFlowError as error:
        logger("timers").warning("%s timers were fired and come again: %s", len(timers), error.code)
