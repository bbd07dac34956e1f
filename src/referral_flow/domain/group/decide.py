"""What an allowed command changes: one function for each, all pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.group import commands as c
from referral_flow.domain.group import events as e
from referral_flow.domain.group.facts import OpenFacts
from referral_flow.domain.group.state import Group
from referral_flow.domain.referral.commands import NoteAttendance, NoteContribution
from referral_flow.domain.referral.state import Attendance
from referral_flow.engine import Decision, Said, Tell


def _cycle(at: At[Any]) -> int:
    return at.rules.cycle_of(at.on)


def open_group(_: None, command: c.OpenGroup, at: At[OpenFacts]) -> Decision:
    """Open the group under the rule set of the day."""
    opened = e.GroupOpened(
        command.residence,
        command.kind,
        command.name,
        command.venue,
        command.leader,
        at.rules.name,
        _cycle(at),
    )
    return Decision((opened,))


def close_group(_state: Group, _: c.CloseGroup, at: At[None]) -> Decision:
    """Close it; nobody is in it."""
    return Decision((e.GroupClosed(_cycle(at)),))


def prepare_meeting(state: Group, command: c.PrepareMeeting, at: At[None]) -> Decision:
    """Keep what is given; what is left out stays as it was prepared before (S15)."""
    meeting = state.meeting(command.meeting)
    prepared = e.MeetingPrepared(
        at.new() if meeting is None else meeting.id,
        command.content or (() if meeting is None else meeting.content),
        command.place or (state.venue if meeting is None else meeting.place),
        command.starts_at or (None if meeting is None else meeting.starts_at),
        _cycle(at),
    )
    return Decision((prepared,))


def call_meeting(state: Group, command: c.CallMeeting, at: At[None]) -> Decision:
    """Call everybody who is in the group now."""
    meeting = state.meeting(command.meeting)
    called = tuple(seat.member for seat in state.seats)
    params = {
        "group": state.id,
        "meeting": command.meeting,
        "starts_at": None if meeting is None else meeting.starts_at,
        "place": None if meeting is None else meeting.place,
    }
    return Decision(
        (e.MeetingCalled(command.meeting, called, _cycle(at)),),
        messages=tuple(Tell("meeting_called", f"member:{member}", params) for member in called),
    )


def record_attendance(state: Group, command: c.RecordAttendance, at: At[None]) -> Decision:
    """Record the meeting here and in each referral that still has a seat (S18).

    The marks of those who left stay in the group's event only.
    """
    meeting = state.meeting(command.meeting)
    called = () if meeting is None or meeting.called is None else meeting.called
    stood = {
        member: Attendance.PRESENT
        if member in command.present
        else Attendance.EXCUSED
        if member in command.excused
        else Attendance.ABSENT
        for member in called
    }
    by_kind = {
        kind: tuple(member for member in called if stood[member] is kind) for kind in Attendance
    }
    recorded: Any = e.AttendanceRecorded(
        command.meeting,
        by_kind[Attendance.PRESENT],
        by_kind[Attendance.EXCUSED],
        by_kind[Attendance.ABSENT],
        _cycle(at),
    )
    if command.excused:
        recorded = Said(recorded, {f"excused:{m}": words for m, words in command.excused.items()})
    return Decision(
        (recorded,),
        also=tuple(
            NoteAttendance(
                seat.referral,
                group=state.id,
                meeting=command.meeting,
                attendance=stood[seat.member],
                on=at.on,
            )
            for seat in state.seats
            if seat.member in stood
        ),
    )


def record_contribution(state: Group, command: c.RecordContribution, at: At[None]) -> Decision:
    """Record the words here and count them in the referral (S19)."""
    seat = state.seat_of(command.member)
    note = (
        ()
        if seat is None
        else (
            NoteContribution(
                seat.referral,
                group=state.id,
                meeting=command.meeting,
                on=at.on,
            ),
        )
    )
    recorded = e.ContributionRecorded(command.meeting, command.member, _cycle(at))
    return Decision((Said(recorded, {"words": command.words}),), also=note)


def join(_state: Group, command: c.Join, at: At[None]) -> Decision:
    """Give the member a seat."""
    return Decision((e.MemberJoined(command.referral, command.member, _cycle(at)),))


def leave(_state: Group, command: c.Leave, at: At[None]) -> Decision:
    """Free the seat."""
    return Decision((e.MemberLeft(command.referral, _cycle(at)),))


DECIDE: Mapping[type[Any], Callable[[Any, Any, At[Any]], Decision]] = {
    c.OpenGroup: open_group,
    c.CloseGroup: close_group,
    c.PrepareMeeting: prepare_meeting,
    c.CallMeeting: call_meeting,
    c.RecordAttendance: record_attendance,
    c.RecordContribution: record_contribution,
    c.Join: join,
    c.Leave: leave,
}
