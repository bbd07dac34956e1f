"""Fire the timers that are due: each once, however many processes do it."""

from __future__ import annotations

import logging
import os
from datetime import datetime

from referral_flow.application.answers import Due, Ticked
from referral_flow.application.execute import Executor
from referral_flow.application.parts import Parts, microseconds, moment
from referral_flow.application.run import run
from referral_flow.application.streams import as_text
from referral_flow.application.unit import Unit
from referral_flow.engine.actor import SYSTEM
from referral_flow.engine.command import name_of
from referral_flow.engine.refusal import NOT_FOUND, Refusal, RefusalKind
from referral_flow.errors import ReferralFlowError, Refused
from referral_flow.ports import TimerRow

logger = logging.getLogger("referral_flow.timers")

LEASE = 60_000_000
"""Microseconds that a timer is ours; a process that dies lets it go on after that."""
_PAGE = 100
_COMES_AGAIN = (RefusalKind.GUARD, RefusalKind.CRASHED)
_ALL = 1_000_000
"""Timers that one look gives at most."""


def tick(parts: Parts, executor: Executor, limit: int | None = None) -> Ticked:
    """Fire due timers, at most `limit`, as ordinary commands of the system."""
    token = os.urandom(16)
    now = microseconds(parts.now())
    fired = dropped = failed = 0
    while limit is None or fired + dropped + failed < limit:
        left = _PAGE if limit is None else min(_PAGE, limit - fired - dropped - failed)
        until = microseconds(parts.now()) + LEASE
        timers = parts.store.lease_timers(now, until, token, left)
        if not timers:
            break
        for timer in timers:
            try:
                if _fire(parts, executor, timer):
                    fired += 1
                else:
                    dropped += 1
                # What set the timer again has taken the lease away: then this removes nothing.
                parts.store.settle_timer(timer.stream, timer.name, token)
            except ReferralFlowError as error:
                failed += 1
                logger.warning(
                    "timer %s of %s failed and comes again: %s",
                    timer.name,
                    as_text(timer.stream),
                    error.code,
                )
    return Ticked(fired, dropped, failed)


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


def _fire(parts: Parts, executor: Executor, timer: TimerRow) -> bool:
    """Fire one timer; False when its rows do not allow it any more."""
    text = as_text(timer.stream)
    held = Unit(parts, parts.now()).stream(text)
    make = None if held is None else held.process.timers.get(timer.name)
    if make is None:
        logger.warning("timer %s of %s belongs to nothing and is dropped", timer.name, text)
        return False
    try:
        executor.execute(make(text), SYSTEM, _id_of(timer))
    except Refused as refused:
        # A guard says "not now", so it comes again; without a row nothing is due any more.
        if any(r.kind in _COMES_AGAIN for r in refused.refusals):
            raise
        return False
    return True
