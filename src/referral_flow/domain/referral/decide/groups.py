"""What an allowed command changes: groups and taking part."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.group.commands import Join
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.decide.parts import cycle_of, leave, to_member
from referral_flow.domain.referral.facts import (
    GroupFacts,
)
from referral_flow.domain.referral.state import (
    Attendance,
    Referral,
    State,
)
from referral_flow.engine import Command, Decision, Tell


def assign(state: Referral, command: c.Assign, at: At[GroupFacts]) -> Decision:
    """Put the member into the group; the group's own row lets them in (S8)."""
    return Decision(
        (e.AssignedToGroup(command.group, cycle_of(at)),),
        also=(Join(command.group, referral=state.id, member=state.member, on=at.on),),
        messages=(Tell("assigned_to_group", to_member(state), {"group": command.group}),),
    )


def reassign(state: Referral, command: c.Reassign, at: At[GroupFacts]) -> Decision:
    """Move the member to another group of the area."""
    return Decision(
        (e.Reassigned(command.group, cycle_of(at)),),
        also=(*leave(state, at), Join(command.group, state.id, state.member, on=at.on)),
        withdraw=("assigned_to_group",),
        messages=(Tell("assigned_to_group", to_member(state), {"group": command.group}),),
    )


def activate(_state: Referral, _: c.Activate, at: At[None]) -> Decision:
    """Record that the member takes part."""
    return Decision((e.Activated(cycle_of(at)),))


def note_attendance(state: Referral, command: c.NoteAttendance, at: At[None]) -> Decision:
    """Count a meeting; the first one attended makes the member active (S18)."""
    noted = e.AttendanceNoted(command.group, command.meeting, command.attendance, cycle_of(at))
    return Decision((noted,), also=_first_time(state, command.attendance is Attendance.PRESENT, at))


def note_contribution(state: Referral, command: c.NoteContribution, at: At[None]) -> Decision:
    """Count a contribution (S19)."""
    noted = e.ContributionNoted(command.group, command.meeting, cycle_of(at))
    return Decision((noted,), also=_first_time(state, True, at))


def _first_time(state: Referral, took_part: bool, at: At[Any]) -> tuple[Command[Any], ...]:
    """Make the member active, unless the meeting belongs to a cycle that is past."""
    counts = cycle_of(at) >= state.taking_part.cycle
    if not took_part or not counts or state.state is not State.ASSIGNED:
        return ()
    # An older meeting may be recorded after a pause or a comment that lies between.
    return (c.Activate(state.id, on=max(at.on, state.last_step)),)
