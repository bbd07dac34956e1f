"""What an allowed command changes: comments, and what is said to them."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.decide.parts import (
    CONFLICT_WAITS,
    CYCLE_TURN,
    OF_A_CONFLICT,
    cycle_of,
    said,
    to_committee,
    to_member,
)
from referral_flow.domain.referral.guards.year_end import unsupported
from referral_flow.domain.referral.state import (
    Referral,
    ViewTo,
)
from referral_flow.engine import Decision, Said, Tell


def evaluate(state: Referral, command: c.Evaluate, at: At[None]) -> Decision:
    """Record rating and criteria; the words lie beside them (S33, S36)."""
    cycle = cycle_of(at)
    reasoned = bool(unsupported(state, command, at))
    rating = _rating(command, command.recommendation, at)
    words = said(comment=command.comment, reason=command.reason, front=command.front)
    evaluated = e.Evaluated(rating, dict(command.criteria), reasoned, cycle, command.recommendation)
    params = {"cycle": str(cycle)}
    return Decision(
        (Said(evaluated, words),),
        timers={CYCLE_TURN: at.start_of(at.rules.cycle_start(cycle + 1))},
        withdraw=("comment_requested",),
        messages=(
            Tell("comment_given", to_committee(state.workplace), params),
            Tell("comment_given", to_member(state), params),
        ),
    )


def _rating(
    command: c.Evaluate | c.CorrectEvaluation, recommendation: str | None, at: At[Any]
) -> str:
    """Give the rating, or the one that the rule set derives from criteria and recommendation."""
    rules = at.rules.evaluation
    if not rules.derived:
        return command.rating or ""
    low = rules.levels[-1] in command.criteria.values()
    return rules.ratings[-1] if low or recommendation in rules.spoils else rules.ratings[0]


def correct_evaluation(state: Referral, command: c.CorrectEvaluation, at: At[None]) -> Decision:
    """Put another rating in the place of the one that was given; both stay told (S55)."""
    corrected = e.EvaluationCorrected(
        _rating(command, state.year_end.recommendation, at),
        dict(command.criteria),
        bool(unsupported(state, command, at)),
        state.year_end.cycle,
    )
    words = said(comment=command.comment, why=command.why, reason=command.reason)
    return Decision(
        (Said(corrected, words),),
        messages=(
            Tell("comment_corrected", to_committee(state.workplace)),
            Tell("comment_corrected", to_member(state)),
        ),
    )


def countersign(state: Referral, _: c.Countersign, at: At[None]) -> Decision:
    """Sign the comment (S47)."""
    return Decision((e.Countersigned(at.actor.committee or "", state.year_end.cycle),))


def request_comment(state: Referral, command: c.RequestComment, at: At[None]) -> Decision:
    """Ask the residence for its comment (S46)."""
    return Decision(
        (e.CommentRequested(command.occasion, command.due, cycle_of(at)),),
        messages=(Tell("comment_requested", to_committee(state.residence), {"due": command.due}),),
    )


def answer_unknown(state: Referral, _: c.AnswerUnknown, at: At[None]) -> Decision:
    """Answer that the member is not known: the residence was consulted (S46)."""
    return Decision(
        (e.UnknownAnswered(cycle_of(at)),),
        withdraw=("comment_requested",),
        messages=(Tell("not_known_here", to_committee(state.workplace)),),
    )


def answer_recommendation(
    state: Referral, command: c.AnswerRecommendation, at: At[None]
) -> Decision:
    """Answer praise or a call for handling (S48)."""
    answered = e.RecommendationAnswered(state.year_end.cycle)
    return Decision(
        (Said(answered, {"words": command.words}),),
        messages=(Tell("recommendation_answered", to_committee(state.residence)),),
    )


def state_view(state: Referral, command: c.StateView, at: At[None]) -> Decision:
    """Record the member's own view, for the committee that it is addressed to (S38)."""
    to = state.residence if command.to is ViewTo.RESIDENCE else state.workplace
    return Decision(
        (Said(e.ViewStated(command.to, state.year_end.cycle), {"words": command.words}),),
        messages=(Tell("view_stated", to_committee(to)),),
    )


def answer_view(state: Referral, command: c.AnswerView, at: At[None]) -> Decision:
    """Answer the member (S38)."""
    return Decision(
        (Said(e.ViewAnswered(state.year_end.cycle), {"words": command.words}),),
        withdraw=("view_stated",),
        messages=(Tell("view_answered", to_member(state)),),
    )


def reopen(state: Referral, command: c.Reopen, at: At[None]) -> Decision:
    """Take the comment back."""
    return Decision(
        (Said(e.Reopened(cycle_of(at)), {"reason": command.reason}),),
        cancel=(CYCLE_TURN, CONFLICT_WAITS),
        withdraw=("comment_given", *OF_A_CONFLICT),
        messages=(
            Tell("comment_taken_back", to_committee(state.workplace)),
            Tell("comment_taken_back", to_member(state)),
        ),
    )


def open_cycle(_state: Referral, _: c.OpenCycle, at: At[None]) -> Decision:
    """Begin the next cycle where the last one left off."""
    return Decision((e.CycleOpened(cycle_of(at)),), cancel=(CYCLE_TURN,))


def answer_request(state: Referral, command: c.AnswerRequest, at: At[None]) -> Decision:
    """Comment on an exempt member, because somebody asked."""
    words = said(purpose=command.purpose, comment=command.comment)
    return Decision(
        (Said(e.RequestAnswered(cycle_of(at)), words),),
        withdraw=("comment_requested",),
        messages=(Tell("request_answered", to_committee(state.workplace)),),
    )
