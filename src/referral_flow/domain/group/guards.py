"""Why a command to a group may be refused: one function for each code."""

from typing import Any, Protocol

from referral_flow.domain.at import At
from referral_flow.domain.group.commands import OpenGroup, PrepareMeeting, RecordAttendance
from referral_flow.domain.group.facts import OpenFacts
from referral_flow.domain.group.state import Group, Meeting
from referral_flow.domain.people import CommitteeKind
from referral_flow.engine import Refusal


class HasMeeting(Protocol):
    """A command that names a meeting."""

    @property
    def meeting(self) -> str: ...


class HasMember(HasMeeting, Protocol):
    """A command that names a meeting and a member."""

    @property
    def member(self) -> str: ...


def residence_is_known(_: None, command: OpenGroup, at: At[OpenFacts]) -> Refusal | None:
    """Refuse a committee that the register does not have."""
    if at.facts.residence is None:
        return Refusal("unknown_committee", {"committee": command.residence})
    return None


def residence_is_a_residence(_: None, command: OpenGroup, at: At[OpenFacts]) -> Refusal | None:
    """Refuse a committee that receives nobody."""
    residence = at.facts.residence
    if residence is not None and residence.kind is not CommitteeKind.RESIDENCE:
        return Refusal("not_a_residence_committee", {"committee": command.residence})
    return None


def venue_is_known(_: None, command: OpenGroup, at: At[OpenFacts]) -> Refusal | None:
    """Refuse a venue that the register does not have (S12)."""
    if command.venue is not None and at.facts.venue is None:
        return Refusal("unknown_venue", {"venue": command.venue})
    return None


def venue_is_local(_: None, command: OpenGroup, at: At[OpenFacts]) -> Refusal | None:
    """Refuse a venue of another residence committee (S12)."""
    venue = at.facts.venue
    if venue is not None and venue.residence != command.residence:
        return Refusal("venue_elsewhere", {"venue": command.venue})
    return None


def leader_is_known(_: None, command: OpenGroup, at: At[OpenFacts]) -> Refusal | None:
    """Refuse a leader whom the register does not have (S12)."""
    if command.leader is not None and at.facts.leader is None:
        return Refusal("unknown_member", {"member": command.leader})
    return None


def group_is_empty(state: Group, _at: At[Any]) -> Refusal | None:
    """Refuse to close a group that has members."""
    if state.seats:
        return Refusal("group_not_empty", {"members": len(state.seats)})
    return None


def meeting_is_known(state: Group, command: PrepareMeeting, _at: At[Any]) -> Refusal | None:
    """Refuse to prepare again a meeting that was never prepared."""
    if command.meeting is not None and state.meeting(command.meeting) is None:
        return Refusal("unknown_meeting", {"meeting": command.meeting})
    return None


def meeting_is_prepared(state: Group, command: HasMeeting, _at: At[Any]) -> Refusal | None:
    """Refuse to call a meeting without content, place and time (S15)."""
    meeting = state.meeting(command.meeting) or Meeting(command.meeting)
    if meeting.missing and not meeting.held:
        return Refusal(
            "meeting_not_prepared", {"meeting": command.meeting}, missing=meeting.missing
        )
    return None


def meeting_is_not_held_yet(state: Group, command: Any, _at: At[Any]) -> Refusal | None:
    """Refuse to prepare, call or record a meeting that is recorded already."""
    meeting = state.meeting(command.meeting)
    if meeting is not None and meeting.held:
        return Refusal("already_recorded", {"meeting": command.meeting})
    return None


def meeting_has_begun(state: Group, command: HasMeeting, at: At[Any]) -> Refusal | None:
    """Refuse to record a meeting to which nobody was called, or whose hour has not come."""
    meeting = state.meeting(command.meeting)
    if meeting is None or meeting.called is None or meeting.starts_at is None:
        return Refusal("meeting_not_held", {"meeting": command.meeting}, missing=("call",))
    if meeting.starts_at > at.now or at.on < at.day_of(meeting.starts_at):
        day = at.day_of(meeting.starts_at)
        return Refusal("meeting_not_held", {"meeting": command.meeting, "day": day})
    return None


def meeting_was_held(state: Group, command: HasMeeting, _at: At[Any]) -> Refusal | None:
    """Refuse a contribution to a meeting that was not held."""
    meeting = state.meeting(command.meeting)
    if meeting is None or not meeting.held:
        return Refusal("meeting_not_held", {"meeting": command.meeting}, missing=("attendance",))
    return None


def all_were_called(state: Group, command: RecordAttendance, _at: At[Any]) -> Refusal | None:
    """Refuse the attendance of somebody who was not called, or who is named twice."""
    meeting = state.meeting(command.meeting)
    called = set() if meeting is None else set(meeting.called or ())
    named = (*command.present, *command.excused)
    strangers = tuple(m for m in named if m not in called)
    twice = tuple(m for m in command.excused if m in command.present)
    if strangers or twice:
        return Refusal("not_called", {"members": (*strangers, *twice)})
    return None


def member_was_called(state: Group, command: HasMember, _at: At[Any]) -> Refusal | None:
    """Refuse the contribution of somebody who was not called."""
    meeting = state.meeting(command.meeting)
    if meeting is not None and command.member not in (meeting.called or ()):
        return Refusal("not_called", {"members": (command.member,)})
    return None


def reasons_are_given(_: Group, command: RecordAttendance, _at: At[Any]) -> Refusal | None:
    """Refuse an excuse without a reason (S18)."""
    blank = tuple(m for m, words in command.excused.items() if not words.strip())
    return Refusal("reason_required", {"members": blank}, missing=("excused",)) if blank else None


def words_are_given(_: Group, command: Any, _at: At[Any]) -> Refusal | None:
    """Refuse a contribution that says nothing (S19)."""
    return None if command.words.strip() else Refusal("reason_required", missing=("words",))
