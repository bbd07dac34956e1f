"""How an event changes a group. The row has decided the state; it comes with the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from referral_flow.domain.group import events as e
from referral_flow.domain.group.state import Group, GroupState, Meeting, Seat, Tally
from referral_flow.engine import Step
from referral_flow.engine.record import change


def evolve(state: Group | None, event: Any, step: Step) -> Group:
    """Give the group after `event`."""
    if state is None:
        return _opened(event, step)
    apply = _APPLY.get(type(event))
    if apply is not None:
        state = apply(state, event, step)
    now = GroupState(step.now)
    return state if now is state.state else change(state, state=now, last_step=step.on)


def _opened(event: e.GroupOpened, step: Step) -> Group:
    return Group(
        id=step.stream,
        state=GroupState(step.now),
        rule_set=event.rule_set,
        residence=event.residence,
        kind=event.kind,
        name=event.name,
        venue=event.venue,
        leader=event.leader,
        seats=(),
        meetings=(),
        tally=Tally(event.cycle),
        last_step=step.on,
    )


def _with(state: Group, meeting: Meeting) -> Group:
    others = tuple(m for m in state.meetings if m.id != meeting.id)
    return change(state, meetings=(*others, meeting))


def _prepared(state: Group, event: e.MeetingPrepared, _: Step) -> Group:
    """Prepare again what was called before: it has to be called anew."""
    return _with(state, Meeting(event.meeting, event.content, event.place, event.starts_at))


def _called(state: Group, event: e.MeetingCalled, _: Step) -> Group:
    meeting = state.meeting(event.meeting)
    return state if meeting is None else _with(state, change(meeting, called=event.called))


def _held(state: Group, event: e.AttendanceRecorded, step: Step) -> Group:
    meeting = state.meeting(event.meeting)
    if meeting is None:
        return state
    tally = state.tally
    if event.cycle > tally.cycle:
        # Recorded meetings older than the cycle before are history, not state.
        kept = (m for m in state.meetings if not m.held or m.cycle == event.cycle - 1)
        state = change(state, meetings=tuple(kept))
        tally = Tally(event.cycle)
    if event.cycle == tally.cycle:
        last = step.on if tally.last is None else max(step.on, tally.last)
        tally = Tally(tally.cycle, tally.held + 1, last)
    # Only who was called still matters: content and place are in the history.
    held = Meeting(
        meeting.id,
        called=meeting.called,
        starts_at=meeting.starts_at,
        held=True,
        cycle=event.cycle,
    )
    return change(_with(state, held), tally=tally)


def _joined(state: Group, event: e.MemberJoined, _: Step) -> Group:
    return change(state, seats=(*state.seats, Seat(event.referral, event.member)))


def _left(state: Group, event: e.MemberLeft, _: Step) -> Group:
    return change(state, seats=tuple(s for s in state.seats if s.referral != event.referral))


_APPLY: dict[type[Any], Callable[[Group, Any, Step], Group]] = {
    e.MeetingPrepared: _prepared,
    e.MeetingCalled: _called,
    e.AttendanceRecorded: _held,
    e.MemberJoined: _joined,
    e.MemberLeft: _left,
}
