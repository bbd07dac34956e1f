"""How an event changes a referral. The row has decided the state; it comes with the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve as change

from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.state import (
    Attendance,
    Parties,
    Place,
    Referral,
    State,
    TakingPart,
    Timeline,
    YearEnd,
)
from referral_flow.engine import Step


def evolve(state: Referral | None, event: Any, step: Step) -> Referral:
    """Give the referral after `event`."""
    if state is None:
        return _issued(event, step)
    now = State(step.now)
    apply = _APPLY.get(type(event))
    if apply is not None:
        state = apply(state, event, step)
    if now is state.state:
        return state
    return change(state, state=now, timeline=change(state.timeline, last_step=step.on))


def _issued(event: e.Issued, step: Step) -> Referral:
    return Referral(
        id=step.stream,
        state=State(step.now),
        rule_set=event.rule_set,
        parties=Parties(event.member, event.workplace, event.residence),
        paper=event.paper,
        timeline=Timeline(step.on, event.deadline, step.on),
        place=Place(),
        taking_part=TakingPart(event.cycle),
        year_end=YearEnd(event.cycle),
    )


def _submitted(state: Referral, event: e.Submitted, step: Step) -> Referral:
    times = change(state.timeline, submitted_on=step.on, late_by=event.late_by)
    return change(state, timeline=times)


def _reissued(state: Referral, event: e.Reissued, _: Step) -> Referral:
    times = change(state.timeline, deadline=event.deadline, submitted_on=None, late_by=0, told=None)
    return change(state, paper=event.paper, timeline=times)


def _assigned(state: Referral, event: e.AssignedToGroup, _: Step) -> Referral:
    return change(state, place=change(state.place, group=event.group))


def _told(state: Referral, event: e.OverdueTold, _: Step) -> Referral:
    return change(state, timeline=change(state.timeline, told=event.step))


def _part(state: Referral, cycle: int) -> TakingPart | None:
    """Give the counters of a cycle, new ones when it has turned; None for one that is past."""
    part = state.taking_part
    if cycle < part.cycle:
        return None
    return part if cycle == part.cycle else TakingPart(cycle)


def _attended(state: Referral, event: e.AttendanceNoted, _: Step) -> Referral:
    part = _part(state, event.cycle)
    if part is None:
        return state
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
    return change(state, taking_part=part)


def _contributed(state: Referral, event: e.ContributionNoted, _: Step) -> Referral:
    part = _part(state, event.cycle)
    if part is None:
        return state
    return change(state, taking_part=change(part, contributions=part.contributions + 1))


def _evaluated(state: Referral, event: e.Evaluated, _: Step) -> Referral:
    return change(
        state,
        year_end=YearEnd(event.cycle, event.rating, event.reasoned),
        place=change(state.place, evaluated_from=state.state),
    )


def _classified(state: Referral, event: e.Classified, _: Step) -> Referral:
    return change(state, year_end=change(state.year_end, classification=event.classification))


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


def _closed(state: Referral, event: e.Ended | e.Voided, _: Step) -> Referral:
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
    e.Ended: _closed,
    e.Voided: _closed,
}
