"""Every reason for which a command to a group is refused, one entry for each."""

from __future__ import annotations

from datetime import timedelta

from referral_flow import Role
from referral_flow.commands import (
    CallMeeting,
    CloseGroup,
    OpenGroup,
    PrepareMeeting,
    RecordAttendance,
    RecordContribution,
)
from tests.support.cases import Asked, Cases
from tests.support.province import CONTENT, WHY, Province

REFUSALS = Cases()
refuses = REFUSALS.refuses

NO_MEETING = "01890a5d-ac96-774b-bcce-b302099a8057"

# --- opening and closing


@refuses(OpenGroup, "unknown_committee")
def of_a_committee_that_nobody_knows(here: Province) -> Asked:
    return Asked(here.desk(Role.RESIDENCE, "r-9"), OpenGroup("r-9"), {"committee": "r-9"})


@refuses(OpenGroup, "not_a_residence_committee")
def of_a_workplace(here: Province) -> Asked:
    return Asked(here.desk(Role.RESIDENCE, "w-1"), OpenGroup("w-1"), {"committee": "w-1"})


@refuses(OpenGroup, "unknown_venue")
def at_a_venue_that_nobody_knows(here: Province) -> Asked:
    return Asked(here.ward, OpenGroup("r-1", venue="v-9"), {"venue": "v-9"})


@refuses(OpenGroup, "venue_elsewhere")
def at_a_venue_of_another_area(here: Province) -> Asked:
    return Asked(here.ward, OpenGroup("r-1", venue="v-2"), {"venue": "v-2"})


@refuses(PrepareMeeting, "unknown_meeting")
def a_meeting_that_was_never_prepared(here: Province) -> Asked:
    command = PrepareMeeting(here.a_group(), meeting="no such")
    return Asked(here.ward, command, {"meeting": "no such"})


@refuses(OpenGroup, "unknown_member")
def with_a_leader_whom_nobody_knows(here: Province) -> Asked:
    return Asked(here.ward, OpenGroup("r-1", leader="m-0"), {"member": "m-0"})


@refuses(CloseGroup, "group_not_empty")
def that_has_two_members(here: Province) -> Asked:
    group, _ = here.a_group_of(2)
    return Asked(here.ward, CloseGroup(group), {"members": 2})


# --- preparing and calling


@refuses(PrepareMeeting, "already_recorded")
def that_was_held(here: Province) -> Asked:
    group = here.a_group()
    meeting = here.hold(group)
    command = PrepareMeeting(group, CONTENT, meeting=meeting)
    return Asked(here.ward, command, {"meeting": meeting})


@refuses(CallMeeting, "meeting_not_prepared")
def without_content_and_time(here: Province) -> Asked:
    group = here.a_group()
    meeting = here.ward.execute(PrepareMeeting(group)).value.meetings[0].id
    missing = ("content", "starts_at")
    return Asked(here.ward, CallMeeting(group, meeting), {"meeting": meeting}, missing)


@refuses(CallMeeting, "meeting_not_prepared")
def without_a_place(here: Province) -> Asked:
    group = here.ward.execute(OpenGroup("r-1")).stream
    prepare = PrepareMeeting(group, CONTENT, starts_at=here.clock.now)
    meeting = here.ward.execute(prepare).value.meetings[0].id
    return Asked(here.ward, CallMeeting(group, meeting), {"meeting": meeting}, ("place",))


@refuses(CallMeeting, "meeting_not_prepared")
def that_nobody_prepared(here: Province) -> Asked:
    missing = ("content", "place", "starts_at")
    command = CallMeeting(here.a_group(), NO_MEETING)
    return Asked(here.ward, command, {"meeting": NO_MEETING}, missing)


@refuses(CallMeeting, "already_recorded")
def a_second_time_when_it_was_held(here: Province) -> Asked:
    group = here.a_group()
    meeting = here.hold(group)
    return Asked(here.ward, CallMeeting(group, meeting), {"meeting": meeting})


# --- recording


@refuses(RecordAttendance, "meeting_not_held")
def to_which_nobody_was_called(here: Province) -> Asked:
    group = here.a_group()
    meeting = here.a_prepared_meeting(group)
    command = RecordAttendance(group, meeting, ())
    return Asked(here.ward, command, {"meeting": meeting}, ("call",))


@refuses(RecordAttendance, "meeting_not_held")
def that_is_not_there(here: Province) -> Asked:
    command = RecordAttendance(here.a_group(), NO_MEETING, ())
    return Asked(here.ward, command, {"meeting": NO_MEETING}, ("call",))


@refuses(RecordAttendance, "meeting_not_held")
def whose_hour_has_not_come(here: Province) -> Asked:
    group = here.a_group()
    meeting = here.a_called_meeting(group, here.clock.now + timedelta(hours=1))
    data = {"meeting": meeting, "day": here.today}
    return Asked(here.ward, RecordAttendance(group, meeting, ()), data)


@refuses(RecordAttendance, "meeting_not_held")
def on_a_day_before_it_was_held(here: Province) -> Asked:
    group = here.a_group()
    before = here.today
    here.clock.pass_days(1)
    meeting = here.a_called_meeting(group)
    data = {"meeting": meeting, "day": here.today}
    return Asked(here.ward, RecordAttendance(group, meeting, (), on=before), data)


@refuses(RecordAttendance, "meeting_not_held")
def that_was_prepared_anew_and_not_called_again(here: Province) -> Asked:
    group = here.a_group()
    meeting = here.a_called_meeting(group)
    here.ward.execute(PrepareMeeting(group, place="Trường học", meeting=meeting))
    command = RecordAttendance(group, meeting, ())
    return Asked(here.ward, command, {"meeting": meeting}, ("call",))


@refuses(RecordAttendance, "already_recorded")
def a_second_time(here: Province) -> Asked:
    group = here.a_group()
    meeting = here.hold(group)
    command = RecordAttendance(group, meeting, ())
    return Asked(here.ward, command, {"meeting": meeting})


@refuses(RecordAttendance, "not_called")
def of_somebody_who_came_by(here: Province) -> Asked:
    group, _ = here.a_group_of(1)
    meeting = here.a_called_meeting(group)
    command = RecordAttendance(group, meeting, ("m-1", "m-7"), {"m-8": WHY})
    return Asked(here.ward, command, {"members": ("m-7", "m-8")})


@refuses(RecordAttendance, "not_called")
def of_one_who_is_both_present_and_excused(here: Province) -> Asked:
    group, _ = here.a_group_of(2)
    meeting = here.a_called_meeting(group)
    command = RecordAttendance(group, meeting, ("m-1", "m-2"), {"m-2": WHY})
    return Asked(here.ward, command, {"members": ("m-2",)})


@refuses(RecordAttendance, "not_called")
def of_one_who_joined_after_the_call(here: Province) -> Asked:
    group, _ = here.a_group_of(1)
    meeting = here.a_called_meeting(group)
    here.an_assigned("m-9", group)
    command = RecordAttendance(group, meeting, ("m-1", "m-9"))
    return Asked(here.ward, command, {"members": ("m-9",)})


@refuses(RecordAttendance, "reason_required")
def with_an_excuse_that_says_nothing(here: Province) -> Asked:
    group, _ = here.a_group_of(2)
    meeting = here.a_called_meeting(group)
    command = RecordAttendance(group, meeting, (), {"m-1": WHY, "m-2": " "})
    return Asked(here.ward, command, {"members": ("m-2",)}, ("excused",))


@refuses(RecordContribution, "meeting_not_held")
def to_a_meeting_before_its_attendance(here: Province) -> Asked:
    group, _ = here.a_group_of(1)
    meeting = here.a_called_meeting(group)
    command = RecordContribution(group, meeting, "m-1", "Ý kiến.")
    return Asked(here.ward, command, {"meeting": meeting}, ("attendance",))


@refuses(RecordContribution, "meeting_not_held")
def to_a_meeting_that_is_not_there(here: Province) -> Asked:
    group, _ = here.a_group_of(1)
    command = RecordContribution(group, NO_MEETING, "m-1", "Ý kiến.")
    return Asked(here.ward, command, {"meeting": NO_MEETING}, ("attendance",))


@refuses(RecordContribution, "not_called")
def of_one_who_was_not_called(here: Province) -> Asked:
    group, _ = here.a_group_of(1)
    meeting = here.hold(group)
    command = RecordContribution(group, meeting, "m-7", "Ý kiến.")
    return Asked(here.ward, command, {"members": ("m-7",)})


@refuses(RecordContribution, "reason_required")
def that_says_nothing(here: Province) -> Asked:
    group, _ = here.a_group_of(1)
    meeting = here.hold(group)
    command = RecordContribution(group, meeting, "m-1", " ")
    return Asked(here.ward, command, missing=("words",))
