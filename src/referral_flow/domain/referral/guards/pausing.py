"""Why a referral may not be paused, resumed or ended: one function for each code."""

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.people import Role
from referral_flow.domain.referral.commands import AnswerRequest, End, Exempt
from referral_flow.domain.referral.guards.asks import blank
from referral_flow.domain.referral.state import Referral
from referral_flow.engine import Refusal


def whoever_suspended(state: Referral, at: At[Any]) -> Refusal | None:
    """Let only the side that suspended resume, or a superior; either, if none knows who did."""
    by = state.place.suspended_by
    if by is None or at.actor.role in (by, Role.SUPERIOR):
        return None
    return Refusal("suspended_by_other", {"by": by})


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


def ground_is_in_rule_set(_: Referral, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse an exemption where the rule set knows none."""
    if not at.rules.exemption.grounds:
        return Refusal("not_in_rule_set", {"rule_set": at.rules.name})
    return None


def ground_is_known(_: Referral, command: Exempt, at: At[Any]) -> Refusal | None:
    """Refuse a ground that the rule set does not have."""
    known = at.rules.exemption.grounds
    if known and command.ground not in known:
        return Refusal("unknown_ground", {"ground": command.ground, "known": known})
    return None


def expiry_is_given(_: Referral, command: Exempt, at: At[Any]) -> Refusal | None:
    """Refuse an exemption without a day on which it ends, or with one that is past."""
    ends = command.until is not None and command.until > at.on
    return None if ends else Refusal("expiry_required")


def purpose_is_given(_: Referral, command: AnswerRequest, _at: At[Any]) -> Refusal | None:
    """Refuse a comment on an exempt member that does not say what it is for."""
    return Refusal("purpose_required", missing=("purpose",)) if blank(command.purpose) else None


def exemption_is_over(state: Referral, at: At[Any]) -> Refusal | None:
    """Let the system lift an exemption only when it has expired."""
    until = None if state.exemption is None else state.exemption.until
    if at.actor.role == Role.SYSTEM and until is not None and at.on <= until:
        return Refusal("exemption_runs", {"until": until})
    return None
