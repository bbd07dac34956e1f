"""Fire the timers that are due: each once, however many processes do it."""

from __future__ import annotations

import logging
import os

from referral_flow.application.answers import Ticked
from referral_flow.application.execute import Executor
from referral_flow.application.parts import Parts, microseconds
from referral_flow.application.streams import as_text
from referral_flow.application.unit import Unit
from referral_flow.engine.actor import SYSTEM
from referral_flow.engine.refusal import RefusalKind
from referral_flow.errors import ConcurrencyError, OutcomeUnknown, Refused, StoreError
from referral_flow.ports import TimerRow

logger = logging.getLogger("referral_flow.timers")

LEASE = 60_000_000
"""Microseconds that a timer is ours; a process that dies lets it go on after that."""
_PAGE = 100


def tick(parts: Parts, executor: Executor, limit: int | None = None) -> Ticked:
    """Fire due timers, at most `limit`, as ordinary commands of the system."""
    token = os.urandom(16)
    now = microseconds(parts.now())
    fired = dropped = failed = 0
    while limit is None or fired + dropped + failed < limit:
        left = _PAGE if limit is None else min(_PAGE, limit - fired - dropped - failed)
        timers = parts.store.lease_timers(now, now + LEASE, token, left)
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
            except (StoreError, ConcurrencyError, OutcomeUnknown, Refused) as error:
                failed += 1
                logger.warning(
                    "timer %s of %s failed and comes again: %s",
                    timer.name,
                    as_text(timer.stream),
                    error.code,
                )
    return Ticked(fired, dropped, failed)


def _fire(parts: Parts, executor: Executor, timer: TimerRow) -> bool:
    """Fire one timer; False when its rows do not allow it any more."""
    text = as_text(timer.stream)
    held = Unit(parts, parts.now()).stream(text)
    make = None if held is None else held.process.timers.get(timer.name)
    if make is None:
        logger.warning("timer %s of %s belongs to nothing and is dropped", timer.name, text)
        return False
    try:
        executor.execute(make(text), SYSTEM, f"timer/{text}/{timer.name}/{timer.due}")
    except Refused as refused:
        if any(r.kind is RefusalKind.CRASHED for r in refused.refusals):
            raise
        return False
    return True
