"""Why a referral may not be paused, resumed or ended: one function for each code."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.people import Role
from referral_flow.domain.referral.commands import End
from referral_flow.domain.referral.guards.asks import blank
from referral_flow.domain.referral.state import Referral
from referral_flow.engine import Refusal


def whoever_suspended(state: Referral, at: At[Any]) -> Refusal | None:
    """Let only the side that suspended resume, or a superior."""
    if at.actor.role in (state.place.suspended_by, Role.SUPERIOR):
        return None
    return Refusal("suspended_by_other", {"by": state.place.suspended_by})


def end_reason_is_known(_: Referral, command: End, at: At[Any]) -> Refusal | None:
    """Refuse a reason that the rule set does not have."""
    known = at.rules.end.reasons
    if command.reason not in known:
        return Refusal("unknown_reason", {"reason": command.reason, "known": known})
    return None


def end_words_given(_: Referral, command: End, at: At[Any]) -> Refusal | None:
    """Refuse a reason that says nothing by itself, without words."""
    if command.reason in at.rules.end.words_required and blank(command.words):
        return Refusal("reason_required", missing=("words",))
    return None


def only_for_a_move(_: Referral, command: End, at: At[Any]) -> Refusal | None:
    """Let the residence committee end a referral only because the member moved."""
    if at.actor.role == Role.RESIDENCE and command.reason != "moved":
        return Refusal("only_for_a_move", {"reason": command.reason})
    return None
