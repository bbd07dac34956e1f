"""Why a comment or a class may not be given: one function for each code."""

from datetime import timedelta
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.people import Role
from referral_flow.domain.referral.commands import (
    Classify,
    CorrectEvaluation,
    Evaluate,
    Reconcile,
    RequestComment,
)
from referral_flow.domain.referral.facts import SuperiorFacts
from referral_flow.domain.referral.guards.asks import HasClass, HasCriteria, HasRating, blank
from referral_flow.domain.referral.state import Referral
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
    """Refuse a rating that the rule set does not have, or any where it derives them."""
    if at.rules.evaluation.derived:
        return None if command.rating is None else Refusal("rating_is_derived")
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


def criteria_are_known(_: Referral, command: HasCriteria, at: At[Any]) -> Refusal | None:
    """Refuse a criterion that the rule set does not have: words have a place of their own."""
    known = at.rules.evaluation.criteria
    unknown = tuple(name for name in command.criteria if name not in known)
    if unknown:
        return Refusal("unknown_criterion", {"count": len(unknown), "known": known})
    return None


def rating_is_borne(
    state: Referral, command: Evaluate | CorrectEvaluation, at: At[Any]
) -> Refusal | None:
    """Refuse a rating above what the recorded facts bear, but with a written reason (S36)."""
    missing = unsupported(state, command, at)
    if missing and blank(command.reason):
        return Refusal("unsupported_rating", {"rating": command.rating}, missing=missing)
    return None


def unsupported(
    state: Referral, command: Evaluate | CorrectEvaluation, at: At[Any]
) -> tuple[str, ...]:
    """Name the facts that fall short of what the rule set asks for this rating."""
    support = at.rules.evaluation.support.get(command.rating or "")
    if support is None:
        return ()
    corrects = isinstance(command, CorrectEvaluation)
    cycle = state.year_end.cycle if corrects else at.rules.cycle_of(at.on)
    part = state.part_in(cycle)
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
    request = state.request
    if request is not None and request.cycle == cycle and request.unknown:
        return None
    if state.year_end.cycle != cycle or state.year_end.rating is None:
        return Refusal("residence_not_consulted", {"cycle": str(cycle)})
    return None


def not_classified_yet(state: Referral, command: Classify, at: At[Any]) -> Refusal | None:
    """Refuse a second class in one cycle."""
    cycle = cycle_meant(command, at)
    if state.year_end.cycle == cycle and state.year_end.classification is not None:
        return Refusal("already_classified", {"cycle": str(cycle)})
    return None


def class_is_known(_: Referral, command: HasClass, at: At[Any]) -> Refusal | None:
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


def front_was_consulted(_: Referral, command: Evaluate, at: At[Any]) -> Refusal | None:
    """Refuse a comment without what the Front work committee said, where it is asked (S47)."""
    if at.rules.evaluation.front and blank(command.front):
        return Refusal("front_not_consulted", missing=("front",))
    return None


def recommendation_is_known(_: Referral, command: Evaluate, at: At[Any]) -> Refusal | None:
    """Refuse a recommendation that the rule set does not have (S48)."""
    known = at.rules.evaluation.recommendations
    if command.recommendation is not None and command.recommendation not in known:
        return Refusal(
            "unknown_recommendation", {"recommendation": command.recommendation, "known": known}
        )
    return None


def is_evaluated(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse where there is no comment to correct or to sign."""
    return Refusal("not_evaluated") if state.year_end.rating is None else None


def why_is_given(_: Referral, command: CorrectEvaluation, _at: At[Any]) -> Refusal | None:
    """Refuse a correction that does not say why."""
    return Refusal("reason_required", missing=("why",)) if blank(command.why) else None


def countersigning_is_in_rule_set(_: Referral, at: At[Any]) -> Refusal | None:
    """Refuse to countersign where the rule set does not ask for it (S47)."""
    if not at.rules.evaluation.countersign:
        return Refusal("not_in_rule_set", {"rule_set": at.rules.name})
    return None


def not_countersigned_yet(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse a second countersignature."""
    return Refusal("already_countersigned") if state.year_end.countersigned else None


def recommendation_waits(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to answer where nothing was recommended, or where it was answered (S48)."""
    return None if state.year_end.recommends else Refusal("no_open_recommendation")


def occasion_is_known(_: Referral, command: RequestComment, at: At[Any]) -> Refusal | None:
    """Refuse an occasion that the rule set does not have (S46)."""
    known = at.rules.request.occasions
    if command.occasion not in known:
        return Refusal("unknown_occasion", {"occasion": command.occasion, "known": known})
    return None


def due_day_is_ahead(_: Referral, command: RequestComment, at: At[Any]) -> Refusal | None:
    """Refuse a request that is due before it is made."""
    return Refusal("due_in_the_past", {"due": command.due}) if command.due < at.on else None


def comment_was_requested(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to answer "not known here" where nobody asks (S46).

    The answer is for the cycle of the request, also when it comes in the next one.
    """
    request = state.request
    return Refusal("not_requested") if request is None or request.unknown else None


def comment_bears_the_class(state: Referral, command: Classify, at: At[Any]) -> Refusal | None:
    """Refuse a class that the comment at home does not bear, unless it is proposed (S35)."""
    if command.propose or not conflicts(state, command, at):
        return None
    needs = at.rules.classification.needs[command.classification]
    return Refusal(
        "conflicting_evaluation",
        {"class": command.classification, "rating": state.year_end.rating, "needs": needs},
    )


def conflicts(state: Referral, command: Classify, at: At[Any]) -> bool:
    """Say whether a class needs a better rating than was given for its cycle."""
    needs = at.rules.classification.needs.get(command.classification)
    rating = state.year_end.rating
    if needs is None or rating is None or state.year_end.cycle != cycle_meant(command, at):
        return False
    return rating not in needs


def conflict_is_open(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to reconcile where there is no conflict."""
    return Refusal("no_conflict") if state.year_end.conflict is None else None


def other_party_answers(state: Referral, _command: Reconcile, at: At[Any]) -> Refusal | None:
    """Refuse a side that has made its offer already: the other one answers."""
    conflict = state.year_end.conflict
    if conflict is not None and conflict.offered_by == at.actor.role:
        return Refusal("same_party_twice")
    return None


def superior_settles_late(
    state: Referral, _command: Reconcile, at: At[SuperiorFacts]
) -> Refusal | None:
    """Let the superior settle only after the time of the two, and only a common one (S35)."""
    conflict = state.year_end.conflict
    if at.actor.role != Role.SUPERIOR or conflict is None:
        return None
    if at.actor.committee not in at.facts.common:
        return Refusal("not_common_superior")
    until = conflict.since + timedelta(days=at.rules.reconcile.within)
    return Refusal("still_for_the_two", {"until": until}) if at.on <= until else None


def something_was_told(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse a view where there is neither comment nor class (S38)."""
    year = state.year_end
    nothing = year.rating is None and year.classification is None
    return Refusal("nothing_told_yet") if nothing else None


def view_words_are_given(_: Referral, command: Any, _at: At[Any]) -> Refusal | None:
    """Refuse words that say nothing."""
    return Refusal("reason_required", missing=("words",)) if blank(command.words) else None


def view_waits(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to answer where no view waits (S38)."""
    view = state.year_end.view
    return Refusal("no_view_stated") if view is None or view.answered else None
