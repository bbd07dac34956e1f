"""Why a comment or a class may not be given: one function for each code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.referral.commands import Classify, Evaluate
from referral_flow.domain.referral.guards.asks import HasCriteria, HasRating, blank
from referral_flow.domain.referral.state import Referral, TakingPart
from referral_flow.engine import Refusal


def within_window(_: Referral, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse an evaluation outside the window of the year (S33)."""
    first, last = at.rules.window(at.on)
    if not first <= at.on <= last:
        return Refusal("outside_window", {"on": at.on, "first": first, "last": last})
    return None


def not_evaluated_yet(state: Referral, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse a second evaluation in one cycle."""
    cycle = at.rules.cycle_of(at.on)
    if state.year_end.cycle == cycle and state.year_end.rating is not None:
        return Refusal("already_evaluated", {"cycle": str(cycle)})
    return None


def rating_is_known(_: Referral, command: HasRating, at: At[Any]) -> Refusal | None:
    """Refuse a rating that the rule set does not have."""
    known = at.rules.evaluation.ratings
    if command.rating not in known:
        return Refusal("unknown_rating", {"rating": command.rating, "known": known})
    return None


def criteria_are_complete(_: Referral, command: HasCriteria, at: At[Any]) -> Refusal | None:
    """Refuse an evaluation that leaves a criterion out, or gives it no known level."""
    levels = at.rules.evaluation.levels
    criteria = at.rules.evaluation.criteria
    missing = tuple(c for c in criteria if command.criteria.get(c) not in levels)
    if missing:
        return Refusal("missing_criterion", {"levels": levels}, missing=missing)
    return None


def rating_is_borne(state: Referral, command: Evaluate, at: At[Any]) -> Refusal | None:
    """Refuse a rating above what the recorded facts bear, but with a written reason (S36)."""
    missing = unsupported(state, command, at)
    if missing and blank(command.reason):
        return Refusal("unsupported_rating", {"rating": command.rating}, missing=missing)
    return None


def unsupported(state: Referral, command: Evaluate, at: At[Any]) -> tuple[str, ...]:
    """Name the facts that fall short of what the rule set asks for this rating."""
    support = at.rules.evaluation.support.get(command.rating)
    if support is None:
        return ()
    cycle = at.rules.cycle_of(at.on)
    part = state.taking_part if state.taking_part.cycle == cycle else TakingPart(cycle)
    missing = []
    if (part.rate or 0) < support.attendance:
        missing.append("attendance")
    if part.contributions + part.duties_done < support.contributions_or_duties:
        missing.append("contributions_or_duties")
    lowest = at.rules.evaluation.levels[-1]
    missing += [c for c in support.not_low if command.criteria.get(c) == lowest]
    return tuple(missing)


def cycle_meant(command: Classify, at: At[Any]) -> int:
    """Give the cycle that a classification is for."""
    return command.cycle if command.cycle is not None else at.rules.cycle_of(at.on)


def residence_was_consulted(state: Referral, command: Classify, at: At[Any]) -> Refusal | None:
    """Refuse to classify before the residence committee has answered (S34)."""
    cycle = cycle_meant(command, at)
    if state.year_end.cycle != cycle or state.year_end.rating is None:
        return Refusal("residence_not_consulted", {"cycle": str(cycle)})
    return None


def not_classified_yet(state: Referral, command: Classify, at: At[Any]) -> Refusal | None:
    """Refuse a second class in one cycle."""
    cycle = cycle_meant(command, at)
    if state.year_end.cycle == cycle and state.year_end.classification is not None:
        return Refusal("already_classified", {"cycle": str(cycle)})
    return None


def class_is_known(_: Referral, command: Classify, at: At[Any]) -> Refusal | None:
    """Refuse a class that the rule set does not have."""
    known = at.rules.classification.classes
    if command.classification not in known:
        return Refusal("unknown_class", {"class": command.classification, "known": known})
    return None


def cycle_is_over(state: Referral, at: At[Any]) -> Refusal | None:
    """Refuse to open a new cycle while the evaluated one runs."""
    next_start = at.rules.cycle_start(state.year_end.cycle + 1)
    if at.on < next_start:
        return Refusal("cycle_not_over", {"last": next_start - timedelta(days=1)})
    return None
