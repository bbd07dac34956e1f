"""What several decisions are made of: names of timers, recipients, dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.group.commands import Leave
from referral_flow.domain.referral.state import (
    Exemption,
    Referral,
)
from referral_flow.engine import Command

REMIND, TELL_WORKPLACE, TELL_SUPERIOR = "remind_member", "tell_workplace", "tell_superior"
OVERDUE_STEPS = (REMIND, TELL_WORKPLACE, TELL_SUPERIOR)
CYCLE_TURN = "cycle_turn"
CONFLICT_WAITS = "conflict_waits"
EXEMPTION_ENDS = "exemption_ends"
PAPER_OVERDUE = "paper_overdue"
TO_THE_WORKPLACE = ("paper_received", "paper_returned", "not_known_here", "request_answered")
"""What is told to the workplace alone."""
OF_A_CONFLICT = ("conflict_opened", "conflict_waits", "reconcile_offered")


def cycle_of(at: At[Any]) -> int:
    """Give the cycle of the day when it happened."""
    return at.rules.cycle_of(at.on)


def to_member(state: Referral) -> str:
    """Give the member as a recipient."""
    return f"member:{state.member}"


def to_committee(id: str) -> str:
    """Give a committee as a recipient."""
    return f"committee:{id}"


def first_reminder(at: At[Any]) -> dict[str, Any]:
    """Give the timer of the first reminder of a paper issued that day."""
    rules = at.rules.submit
    day = at.on + timedelta(days=rules.deadline + rules.remind_after + 1)
    return {REMIND: max(at.start_of(day), at.now)}


def leave(state: Referral, at: At[Any]) -> tuple[Command[Any], ...]:
    """Give the command that frees the seat in the group, if there is one."""
    return () if state.group is None else (Leave(state.group, referral=state.id, on=at.on),)


def exemption_ends(exemption: Exemption | None, at: At[Any]) -> dict[str, Any]:
    """Give the timer that lifts an exemption when it has expired."""
    if exemption is None or exemption.until is None:
        return {}
    return {EXEMPTION_ENDS: max(at.start_of(exemption.until + timedelta(days=1)), at.now)}


def said(**words: str | None) -> dict[str, str]:
    """Give the words that were said, by name; what was not said is left out."""
    return {name: text for name, text in words.items() if text is not None}
