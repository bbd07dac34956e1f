"""What must not go unseen in a referral: derived, one function for each finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.people import Role
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral.decide.parts import TELL_SUPERIOR
from referral_flow.domain.referral.state import CLOSED, Referral, State, TakingPart
from referral_flow.engine import Finding

Data = Mapping[str, Any] | None


def paper_overdue(state: Referral, at: At[Any]) -> Data:
    """Find a paper that was not handed in by its deadline."""
    late = (at.today - state.timeline.deadline).days
    if state.state is not State.ISSUED or late <= 0:
        return None
    return {"days": late, "since": state.timeline.deadline}


def never_submitted(state: Referral, at: At[Any]) -> Data:
    """Find a paper of which even the superior was told."""
    if state.state is not State.ISSUED or state.timeline.told != TELL_SUPERIOR:
        return None
    return {"days": (at.today - state.timeline.deadline).days, "since": state.timeline.deadline}


def paper_late(state: Referral, _: At[Any]) -> Data:
    """Find a paper that came late and whose bearer is in no group yet."""
    if state.state is not State.SUBMITTED or not state.timeline.late_by:
        return None
    return {"days": state.timeline.late_by, "since": state.timeline.submitted_on}


def awaiting_reissue(state: Referral, _: At[Any]) -> Data:
    """Find a returned paper."""
    return {"since": state.since} if state.state is State.RETURNED else None


def awaiting_group(state: Referral, _: At[Any]) -> Data:
    """Find a member who handed the paper in and is in no group."""
    return {"since": state.since} if state.state is State.SUBMITTED else None


def _this_cycle(state: Referral, at: At[Any]) -> TakingPart:
    """Give the counters of today's cycle: new ones until something is noted in it."""
    cycle = at.rules.cycle_of(at.today)
    return state.taking_part if state.taking_part.cycle == cycle else TakingPart(cycle)


def irregular_attendance(state: Referral, at: At[Any]) -> Data:
    """Find a member who comes too seldom (S18)."""
    part = _this_cycle(state, at)
    rate = part.rate
    if state.state in CLOSED or rate is None or rate >= at.rules.attendance.irregular_below:
        return None
    return {"rate": rate, "called": part.called}


def absent_in_a_row(state: Referral, at: At[Any]) -> Data:
    """Find a member who stayed away again and again (S18)."""
    run = _this_cycle(state, at).absent_in_a_row
    if state.state in CLOSED or run < at.rules.attendance.absent_in_a_row:
        return None
    return {"times": run}


def never_contributed(state: Referral, at: At[Any]) -> Data:
    """Find a member who came and never gave an opinion (S19)."""
    part = _this_cycle(state, at)
    if state.state in CLOSED or part.contributions:
        return None
    if part.present < at.rules.attendance.silent_after:
        return None
    return {"present": part.present}


def comment_missing(state: Referral, at: At[Any]) -> Data:
    """Find a member without a comment once the window is open (S34)."""
    cycle = at.rules.cycle_of(at.today)
    year = state.year_end
    taking_part = (State.SUBMITTED, State.ASSIGNED, State.ACTIVE, State.SUSPENDED)
    first, last = at.rules.window(at.today)
    if state.state not in taking_part or not first <= at.today:
        return None
    if year.cycle == cycle and year.rating is not None:
        return None
    return {"since": first, "until": last}


def awaiting_class(state: Referral, _: At[Any]) -> Data:
    """Find a comment on which no class rests yet."""
    if state.state is not State.EVALUATED or state.year_end.classification is not None:
        return None
    return {"since": state.since}


def rating_with_written_reason(state: Referral, _: At[Any]) -> Data:
    """Find a rating that the recorded facts do not bear by themselves (S36)."""
    if state.state is not State.EVALUATED or not state.year_end.reasoned:
        return None
    return {"since": state.since}


def comment_requested(state: Referral, at: At[Any]) -> Data:
    """Find a request for a comment that waits for its answer (S46)."""
    request = state.request
    if state.state in CLOSED or request is None or request.unknown:
        return None
    return {
        "since": request.due,
        "occasion": request.occasion,
        "days": max(0, (at.today - request.due).days),
    }


def conflict(state: Referral, _: At[Any]) -> Data:
    """Find a class at work that the comment at home does not bear (S35)."""
    found = state.year_end.conflict
    if state.state in CLOSED or found is None:
        return None
    return {"since": found.since, "class": found.proposed, "rating": state.year_end.rating}


def conflict_overdue(state: Referral, at: At[Any]) -> Data:
    """Find a conflict that the two committees did not settle in time (S35)."""
    found = state.year_end.conflict
    if state.state in CLOSED or found is None:
        return None
    days = (at.today - found.since).days - at.rules.reconcile.within
    return {"since": found.since, "days": days} if days > 0 else None


def countersign_missing(state: Referral, at: At[Any]) -> Data:
    """Find a comment that its superior has not signed, where the rule set asks for it (S47)."""
    if state.state is not State.EVALUATED or state.year_end.countersigned:
        return None
    return {"since": state.since} if at.rules.evaluation.countersign else None


def recommendation_waits(state: Referral, _: At[Any]) -> Data:
    """Find praise or a call for handling that nobody answered (S48)."""
    year = state.year_end
    if state.state in CLOSED or not year.recommends:
        return None
    return {"since": state.since, "recommendation": year.recommendation}


def view_waits_at_home(state: Referral, _: At[Any]) -> Data:
    """Find a member's view that waits for the residence committee (S38)."""
    return _view_waits(state, Role.RESIDENCE)


def view_waits_at_work(state: Referral, _: At[Any]) -> Data:
    """Find a member's view that waits for the workplace committee (S38)."""
    return _view_waits(state, Role.WORKPLACE)


def _view_waits(state: Referral, role: Role) -> Data:
    view = state.year_end.view
    if state.state in CLOSED or view is None or view.answered or view.to != role:
        return None
    return {"since": view.since}


_BOTH = (Role.RESIDENCE, Role.WORKPLACE)
_ALL = (*_BOTH, Role.SUPERIOR)

FINDINGS = (
    Finding("paper_overdue", "S2", _ALL, paper_overdue, (c.Submit, c.End)),
    Finding("never_submitted", "S4", _ALL, never_submitted, (c.Submit, c.End)),
    Finding("paper_late", "S3", _ALL, paper_late, (c.Assign,)),
    Finding("awaiting_reissue", "S7", (Role.WORKPLACE,), awaiting_reissue, (c.Reissue, c.End)),
    Finding("awaiting_group", "S8", (Role.RESIDENCE,), awaiting_group, (c.Assign,)),
    Finding("irregular_attendance", "S18", _BOTH, irregular_attendance, ()),
    Finding("absent_in_a_row", "S18", _BOTH, absent_in_a_row, ()),
    Finding("never_contributed", "S19", _BOTH, never_contributed, ()),
    Finding("comment_missing", "S34", _BOTH, comment_missing, (c.Evaluate,)),
    Finding("awaiting_class", "S34", (Role.WORKPLACE,), awaiting_class, (c.Classify,)),
    Finding(
        "comment_requested",
        "S46",
        (Role.RESIDENCE,),
        comment_requested,
        (c.Evaluate, c.AnswerUnknown, c.AnswerRequest),
    ),
    Finding("conflict", "S35", _BOTH, conflict, (c.Reconcile, c.Classify)),
    Finding("conflict_overdue", "S35", (Role.SUPERIOR,), conflict_overdue, (c.Reconcile,)),
    Finding("countersign_missing", "S47", (Role.SUPERIOR,), countersign_missing, (c.Countersign,)),
    Finding(
        "recommendation_waits",
        "S48",
        (Role.WORKPLACE,),
        recommendation_waits,
        (c.AnswerRecommendation,),
    ),
    Finding("view_waits", "S38", (Role.RESIDENCE,), view_waits_at_home, (c.AnswerView,)),
    Finding("view_waits", "S38", (Role.WORKPLACE,), view_waits_at_work, (c.AnswerView,)),
    Finding("rating_with_written_reason", "S36", _BOTH, rating_with_written_reason, (c.Reopen,)),
)
