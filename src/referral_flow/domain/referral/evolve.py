"""How an event changes a referral. The row has decided the state; it comes with the step."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.as_found import adopted, no_longer_as_found
from referral_flow.domain.referral.state import (
    Attendance,
    Conflict,
    KnownPaper,
    Links,
    Parties,
    Place,
    Referral,
    Request,
    State,
    TakingPart,
    Timeline,
    View,
    YearEnd,
)
from referral_flow.engine import Step
from referral_flow.engine.record import change


def evolve(state: Referral | None, event: Any, step: Step) -> Referral:
    """Give the referral after `event`."""
    if state is None:
        return _BEGUN[type(event)](event, step)
    now, before = _STATES[step.now], state
    apply = _APPLY.get(type(event))
    if apply is not None:
        state = apply(state, event, step)
    if state.adoption is not None:
        state = no_longer_as_found(state, state.adoption, now)
    if now is not state.state:
        times = change(state.timeline, last_step=step.on, counted_on=None)
        return change(state, state=now, timeline=times)
    if state.counted != before.counted:
        return change(state, timeline=change(state.timeline, counted_on=step.on))
    return state


# Asked of the class, a state takes longer than the rest of a step.
_STATES = {str(state): state for state in State}


def _issued(event: e.Issued, step: Step) -> Referral:
    return Referral(
        id=step.stream,
        state=State(step.now),
        rule_set=event.rule_set,
        parties=Parties(event.member, event.workplace, event.residence),
        paper=KnownPaper.of(event.paper),
        timeline=Timeline(step.on, event.deadline, step.on),
        place=_NOWHERE,
        taking_part=_no_part(event.cycle),
        year_end=_no_year_end(event.cycle),
        exemption=event.exemption,
        links=_UNLINKED if event.origin is None else Links(event.origin),
    )


# Frozen, and the same for every new referral: shared, they cost neither time nor memory.
_NOWHERE = Place()
_UNLINKED = Links()


@lru_cache(maxsize=8)
def _no_part(cycle: int) -> TakingPart:
    return TakingPart(cycle)


@lru_cache(maxsize=8)
def _no_year_end(cycle: int) -> YearEnd:
    return YearEnd(cycle)


def _submitted(state: Referral, event: e.Submitted, step: Step) -> Referral:
    times = change(state.timeline, submitted_on=step.on, late_by=event.late_by)
    return change(state, timeline=times)


def _reissued(state: Referral, event: e.Reissued, _: Step) -> Referral:
    times = change(state.timeline, deadline=event.deadline, submitted_on=None, late_by=0, told=None)
    return change(state, paper=KnownPaper.of(event.paper), timeline=times)


def _assigned(state: Referral, event: e.AssignedToGroup | e.Reassigned, _: Step) -> Referral:
    return change(state, place=change(state.place, group=event.group))


def _told(state: Referral, event: e.OverdueTold, _: Step) -> Referral:
    return change(state, timeline=change(state.timeline, told=event.step))


def _with_part(state: Referral, part: TakingPart) -> Referral:
    """Keep the counters of the present cycle and of the one before; older ones are history."""
    present = state.taking_part
    if part.cycle == present.cycle:
        return change(state, taking_part=part)
    if part.cycle > present.cycle:
        return change(state, taking_part=part, taking_part_before=present)
    if part.cycle == present.cycle - 1:
        return change(state, taking_part_before=part)
    return state


def _attended(state: Referral, event: e.AttendanceNoted, _: Step) -> Referral:
    part = state.part_in(event.cycle)
    present = event.attendance is Attendance.PRESENT
    excused = event.attendance is Attendance.EXCUSED
    run = 0 if present else part.absent_in_a_row + (not excused)
    part = TakingPart(
        part.cycle,
        part.called + 1,
        part.present + present,
        part.excused + excused,
        run,
        part.contributions,
        part.duties_done,
    )
    return _with_part(state, part)


def _contributed(state: Referral, event: e.ContributionNoted, _: Step) -> Referral:
    part = state.part_in(event.cycle)
    return _with_part(state, change(part, contributions=part.contributions + 1))


def _evaluated(state: Referral, event: e.Evaluated, _: Step) -> Referral:
    return change(
        state,
        year_end=YearEnd(
            event.cycle, event.rating, event.reasoned, recommendation=event.recommendation
        ),
        place=change(state.place, evaluated_from=state.state),
        request=None,
    )


def _year(state: Referral, cycle: int) -> YearEnd:
    """Give the year end of a cycle: a class may be given where no comment could be."""
    return state.year_end if state.year_end.cycle == cycle else YearEnd(cycle)


def _corrected(state: Referral, event: e.EvaluationCorrected, _: Step) -> Referral:
    year = change(state.year_end, rating=event.rating, reasoned=event.reasoned, countersigned=False)
    return change(state, year_end=year)


def _classified(state: Referral, event: e.Classified | e.Reconciled, _: Step) -> Referral:
    year = change(_year(state, event.cycle), classification=event.classification, conflict=None)
    return change(state, year_end=year)


def _proposed(state: Referral, event: e.ClassProposed, step: Step) -> Referral:
    year = _year(state, event.cycle)
    since = step.on if year.conflict is None else year.conflict.since
    return change(state, year_end=change(year, conflict=Conflict(event.classification, since)))


def _offered(state: Referral, event: e.ReconcileOffered, _: Step) -> Referral:
    conflict = state.year_end.conflict
    if conflict is None:
        return state
    conflict = change(conflict, offer=event.classification, offered_by=event.by)
    return change(state, year_end=change(state.year_end, conflict=conflict))


def _countersigned(state: Referral, _event: e.Countersigned, _: Step) -> Referral:
    return change(state, year_end=change(state.year_end, countersigned=True))


def _requested(state: Referral, event: e.CommentRequested, _: Step) -> Referral:
    return change(state, request=Request(event.cycle, event.occasion, event.due))


def _unknown(state: Referral, _event: e.UnknownAnswered, _: Step) -> Referral:
    request = state.request
    return state if request is None else change(state, request=change(request, unknown=True))


def _request_answered(state: Referral, _event: e.RequestAnswered, _: Step) -> Referral:
    return change(state, request=None)


def _recommendation_answered(
    state: Referral, _event: e.RecommendationAnswered, _: Step
) -> Referral:
    return change(state, year_end=change(state.year_end, recommendation_answered=True))


def _view_stated(state: Referral, event: e.ViewStated, step: Step) -> Referral:
    return change(state, year_end=change(state.year_end, view=View(event.to, step.on)))


def _view_answered(state: Referral, _event: e.ViewAnswered, _: Step) -> Referral:
    view = state.year_end.view
    if view is None:
        return state
    return change(state, year_end=change(state.year_end, view=change(view, answered=True)))


def _exempted(state: Referral, event: e.Exempted, _: Step) -> Referral:
    return change(state, exemption=event.exemption, place=change(state.place, group=None))


def _exemption_lifted(state: Referral, _event: e.ExemptionLifted, _: Step) -> Referral:
    return change(state, exemption=None)


def _amended(state: Referral, event: e.Amended, _: Step) -> Referral:
    times = change(
        state.timeline,
        deadline=event.deadline or state.timeline.deadline,
        submitted_on=event.submitted_on or state.timeline.submitted_on,
        late_by=event.late_by,
        told=None if event.deadline is not None else state.timeline.told,
    )
    paper = state.paper if event.paper is None else KnownPaper.of(event.paper)
    return change(state, paper=paper, timeline=times)


def _handed_over(state: Referral, event: e.HandedOver, _: Step) -> Referral:
    return change(state, parties=change(state.parties, workplace=event.workplace))


def _onward(state: Referral, event: e.OnwardNoted, _: Step) -> Referral:
    return change(state, links=change(state.links, onward=event.onward))


def _ended(state: Referral, event: e.Ended, step: Step) -> Referral:
    return change(_closed(state, event, step), ended_for=event.reason)


def _reopened(state: Referral, _event: e.Reopened, _: Step) -> Referral:
    return change(
        state,
        year_end=YearEnd(state.year_end.cycle),
        place=change(state.place, evaluated_from=None),
    )


def _cycle_opened(state: Referral, _event: e.CycleOpened, _: Step) -> Referral:
    return change(state, place=change(state.place, evaluated_from=None))


def _suspended(state: Referral, event: e.Suspended, _: Step) -> Referral:
    place = change(state.place, suspended_from=state.state, suspended_by=event.by)
    return change(state, place=place)


def _resumed(state: Referral, _event: e.Resumed, _: Step) -> Referral:
    return change(state, place=change(state.place, suspended_from=None, suspended_by=None))


def _closed(state: Referral, event: e.Ended | e.Voided | e.AdoptionUndone, _: Step) -> Referral:
    year = state.year_end
    if year.cycle != event.cycle:
        year = YearEnd(event.cycle)
    return change(state, year_end=year, place=change(state.place, group=None))


_APPLY: dict[type[Any], Callable[[Referral, Any, Step], Referral]] = {
    e.Submitted: _submitted,
    e.Reissued: _reissued,
    e.AssignedToGroup: _assigned,
    e.OverdueTold: _told,
    e.AttendanceNoted: _attended,
    e.ContributionNoted: _contributed,
    e.Evaluated: _evaluated,
    e.Classified: _classified,
    e.Reopened: _reopened,
    e.CycleOpened: _cycle_opened,
    e.Suspended: _suspended,
    e.Resumed: _resumed,
    e.Ended: _ended,
    e.Reassigned: _assigned,
    e.EvaluationCorrected: _corrected,
    e.ClassProposed: _proposed,
    e.ReconcileOffered: _offered,
    e.Reconciled: _classified,
    e.Countersigned: _countersigned,
    e.CommentRequested: _requested,
    e.UnknownAnswered: _unknown,
    e.RequestAnswered: _request_answered,
    e.RecommendationAnswered: _recommendation_answered,
    e.ViewStated: _view_stated,
    e.ViewAnswered: _view_answered,
    e.Exempted: _exempted,
    e.ExemptionLifted: _exemption_lifted,
    e.Amended: _amended,
    e.HandedOver: _handed_over,
    e.OnwardNoted: _onward,
    e.Voided: _closed,
    e.AdoptionUndone: _closed,
}

_BEGUN: dict[type[Any], Callable[[Any, Step], Referral]] = {
    e.Issued: _issued,
    e.Adopted: adopted,
}
