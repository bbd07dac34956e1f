"""A meeting is prepared, called, held and written down, in this order (S15, S18, S19)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral_flow import Role
from referral_flow.commands import (
    AgendaItem,
    Assign,
    CallMeeting,
    End,
    Issue,
    ItemKind,
    PrepareMeeting,
    RecordAttendance,
    RecordContribution,
    Reopen,
    Resume,
    Suspend,
    Void,
)
from tests.support.looking import names, unchanged
from tests.support.province import CONTENT, IN_THE_WINDOW, NEW_YEAR, WHY, Province, Sent

# --- prepared


def test_content_place_and_time_may_be_prepared_one_after_the_other(anywhere: Province) -> None:
    here = anywhere
    group = here.a_group()
    meeting = here.ward.execute(PrepareMeeting(group)).value.meetings[0]
    assert (meeting.content, meeting.place, meeting.starts_at) == ((), "v-1", None)
    here.ward.execute(PrepareMeeting(group, CONTENT, meeting=meeting.id))
    here.ward.execute(PrepareMeeting(group, starts_at=here.clock.now, meeting=meeting.id))
    prepared = here.ward.get(group).meeting(meeting.id)
    assert (prepared.content, prepared.place) == (CONTENT, "v-1")
    assert prepared.starts_at == here.clock.now
    assert prepared.missing == ()


def test_a_meeting_may_be_elsewhere_than_at_the_venue(here: Province) -> None:
    group = here.a_group()
    prepared = here.ward.execute(PrepareMeeting(group, place="Trường học")).value.meetings[0]
    assert prepared.place == "Trường học"


@pytest.mark.parametrize("kind", ItemKind)
def test_an_agenda_holds_items_of_every_kind(kind: ItemKind, here: Province) -> None:
    item = AgendaItem(kind, "Một việc")
    group = here.a_group()
    assert here.ward.execute(PrepareMeeting(group, (item,))).value.meetings[0].content == (item,)


def test_several_meetings_may_be_prepared_at_once(here: Province) -> None:
    group = here.a_group()
    first, second = here.a_prepared_meeting(group), here.a_prepared_meeting(group)
    assert first != second
    assert [meeting.id for meeting in here.ward.get(group).meetings] == [first, second]


# --- called


def test_everybody_in_the_group_is_called(anywhere: Province) -> None:
    here = anywhere
    group, _ = here.a_group_of(3)
    here.deliver()
    meeting = here.a_called_meeting(group)
    called = ("m-1", "m-2", "m-3")
    assert here.ward.get(group).meeting(meeting).called == called
    assert here.deliver() == tuple(Sent("meeting_called", f"member:{m}") for m in called)


def test_the_call_says_when_and_where(here: Province) -> None:
    group, _ = here.a_group_of(1)
    here.deliver()
    meeting = here.a_called_meeting(group, here.clock.now + timedelta(days=3))
    here.deliver()
    message, _ = here.notifier.sent[-1]
    assert {message.params["group"], message.params["meeting"]} == {group, meeting}
    assert message.params["place"] == "v-1"
    assert message.params["starts_at"].startswith("2013-03-07")


def test_a_meeting_prepared_again_is_to_be_called_anew(here: Province) -> None:
    group, _ = here.a_group_of(1)
    meeting = here.a_called_meeting(group)
    here.ward.execute(PrepareMeeting(group, place="Trường học", meeting=meeting))
    assert here.ward.get(group).meeting(meeting).called is None
    here.ward.execute(CallMeeting(group, meeting))
    assert here.ward.get(group).meeting(meeting).called == ("m-1",)


def test_a_call_without_members_calls_nobody(here: Province) -> None:
    group = here.a_group()
    meeting = here.a_called_meeting(group)
    assert here.ward.get(group).meeting(meeting).called == ()


# --- attendance


def test_who_was_called_and_is_in_neither_list_was_absent(anywhere: Province) -> None:
    here = anywhere
    group, referrals = here.a_group_of(3)
    meeting = here.hold(group, present=("m-1",), excused=("m-2",))
    recorded = here.ward.history(group)[-1]
    assert recorded.name == "group.attendance_recorded@1"
    event = recorded.event
    assert (event.present, event.excused, event.absent) == (("m-1",), ("m-2",), ("m-3",))
    assert recorded.words == {"excused:m-2": WHY}
    stood = [here.ward.get(referral).taking_part for referral in referrals]
    assert [(p.called, p.present, p.excused, p.absent_in_a_row) for p in stood] == [
        (1, 1, 0, 0),
        (1, 0, 1, 0),
        (1, 0, 0, 1),
    ]
    assert here.ward.get(group).meeting(meeting).held


def test_the_first_meeting_attended_makes_the_member_active(anywhere: Province) -> None:
    here = anywhere
    group, (came, excused, absent) = here.a_group_of(3)
    here.hold(group, present=("m-1",), excused=("m-2",))
    states = [here.ward.get(referral).state for referral in (came, excused, absent)]
    assert states == ["active", "assigned", "assigned"]
    assert names(here.ward, came)[-2:] == ["attendance_noted", "activated"]
    here.hold(group, present=("m-1",))
    assert names(here.ward, came)[-2:] == ["activated", "attendance_noted"]


def test_a_contribution_makes_the_member_active_too(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    meeting = here.hold(group, excused=("m-1",))
    here.contribute(group, meeting, "m-1")
    assert here.ward.get(referral).state == "active"


def test_an_excuse_breaks_no_run_of_absences(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    here.hold(group)
    here.hold(group, excused=("m-1",))
    here.hold(group)
    assert here.ward.get(referral).taking_part.absent_in_a_row == 2
    here.hold(group, present=("m-1",))
    assert here.ward.get(referral).taking_part.absent_in_a_row == 0


def test_a_meeting_of_fifteen_is_written_down_in_one_transaction(anywhere: Province) -> None:
    here = anywhere
    group, referrals = here.a_group_of(15)
    meeting = here.a_called_meeting(group)
    before = here.store.check()
    present = tuple(f"m-{n}" for n in range(1, 16))
    here.ward.execute(RecordAttendance(group, meeting, present))
    # One event of the group, and for each referral one note and one activation.
    assert here.store.check().events == before.events + 1 + 15 * 2
    moments = {here.ward.history(r)[-1].recorded_at for r in (*referrals, group)}
    assert len(moments) == 1
    assert {here.ward.get(referral).state for referral in referrals} == {"active"}


def test_one_refusal_refuses_the_whole_meeting(anywhere: Province) -> None:
    here = anywhere
    group, _ = here.a_group_of(3)
    meeting = here.a_called_meeting(group)
    with unchanged(here):
        many = here.ward.execute_many([RecordAttendance(group, meeting, ("m-1", "m-7"))])
        assert many.done == 0


def test_a_meeting_may_be_written_down_after_it_was_held(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    held = here.today
    meeting = here.a_called_meeting(group)
    here.clock.pass_days(10)
    here.ward.execute(RecordAttendance(group, meeting, ("m-1",), on=held))
    for stream in (group, referral):
        assert here.ward.history(stream)[-1].on == held
    assert here.ward.get(referral).last_step == held


def test_a_contribution_may_be_written_down_after_it_was_given(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    given = here.today
    meeting = here.hold(group, present=("m-1",))
    here.clock.pass_days(10)
    here.ward.execute(RecordContribution(group, meeting, "m-1", "Ý kiến.", on=given))
    for stream in (group, referral):
        assert here.ward.history(stream)[-1].on == given


# --- those who come and go


def test_the_marks_of_those_who_left_stay_in_the_event_of_the_group_only(
    anywhere: Province,
) -> None:
    here = anywhere
    group, (left, stayed) = here.a_group_of(2)
    meeting = here.a_called_meeting(group)
    here.office.execute(End(left, "retired"))
    before = here.office.history(left)
    here.ward.execute(RecordAttendance(group, meeting, ("m-1", "m-2")))
    here.contribute(group, meeting, "m-1")
    assert here.office.history(left) == before
    events = [entry.event for entry in here.ward.history(group)]
    assert events[-2].present == ("m-1", "m-2")
    assert events[-1].member == "m-1"
    assert here.ward.get(stayed).taking_part.present == 1


def test_who_joins_after_the_call_is_not_counted_as_called(here: Province) -> None:
    group, _ = here.a_group_of(1)
    meeting = here.a_called_meeting(group)
    late = here.an_assigned("m-9", group)
    here.ward.execute(RecordAttendance(group, meeting, ("m-1",)))
    assert here.ward.get(late).taking_part.called == 0


@pytest.mark.parametrize("void", [False, True])
def test_who_leaves_gives_the_seat_back(void: bool, here: Province) -> None:
    group, (left, _) = here.a_group_of(2)
    if void:
        here.superior.execute(Void(left, WHY))
    else:
        here.ward.execute(End(left, "moved"))
    assert [seat.member for seat in here.ward.get(group).seats] == ["m-2"]
    assert here.ward.history(group)[-1].name == "group.member_left@1"


def test_a_group_knows_on_which_day_a_member_came_and_went(here: Province) -> None:
    group, referral = here.a_group(), here.a_submitted()
    came, went = here.today + timedelta(days=1), here.today + timedelta(days=2)
    here.clock.pass_days(20)
    here.ward.execute(Assign(referral, group, on=came))
    here.office.execute(End(referral, "retired", on=went))
    joined, left = here.ward.history(group)[-2:]
    assert (joined.on, left.on) == (came, went)


# --- meetings written down after something that lies between


@pytest.mark.parametrize("between", ["suspended", "commented", "turned"])
def test_an_older_meeting_is_written_down_whatever_lies_between(
    between: str, here: Province
) -> None:
    group, (referral, other) = here.a_group_of(2)
    here.clock.go_to(IN_THE_WINDOW)
    held = here.today
    meeting = here.a_called_meeting(group)
    here.clock.pass_days(3)
    if between == "suspended":
        here.ward.execute(Suspend(referral, WHY))
        here.ward.execute(Resume(referral))
    else:
        here.evaluate(referral)
    if between == "commented":
        here.ward.execute(Reopen(referral, WHY))
    if between == "turned":
        here.clock.go_to(NEW_YEAR)
        here.flow.tick()
    assert here.ward.get(referral).state == "assigned"
    here.ward.execute(RecordAttendance(group, meeting, ("m-1", "m-2"), on=held))
    assert [here.ward.get(each).state for each in (referral, other)] == ["active", "active"]
    entries = here.ward.history(referral)[-2:]
    assert [entry.on for entry in entries] == [held, here.today]


# --- contributions and leaders


def test_a_contribution_is_counted_and_its_words_lie_beside(anywhere: Province) -> None:
    here = anywhere
    group, (referral,) = here.a_group_of(1)
    meeting = here.hold(group, present=("m-1",))
    here.ward.execute(RecordContribution(group, meeting, "m-1", "Đèn đường bị hỏng."))
    here.contribute(group, meeting, "m-1")
    assert here.ward.get(referral).taking_part.contributions == 2
    entry = here.ward.history(group)[-2]
    assert entry.words == {"words": "Đèn đường bị hỏng."}
    assert "Đèn" not in repr(here.ward.history(referral))


def test_the_leader_writes_meetings_down_and_sees_no_referral(here: Province) -> None:
    group = here.a_group(leader="m-20")
    referral = here.an_assigned("m-1", group)
    leader = here.desk(Role.GROUP_LEADER, person="m-20")
    meeting = here.a_called_meeting(group)
    leader.execute(RecordAttendance(group, meeting, ("m-1",)))
    leader.execute(RecordContribution(group, meeting, "m-1", "Ý kiến."))
    assert here.ward.get(referral).state == "active"
    assert [found.id for found in leader.find(kind="group")] == [group]
    noted = here.ward.history(referral)[-1].actor
    assert (noted.role, noted.on_behalf_of) == ("system", "m-20")


def test_the_tally_of_meetings_starts_anew_with_the_year(here: Province) -> None:
    group, _ = here.a_group_of(1)
    for _ in range(3):
        here.hold(group)
    assert here.ward.get(group).tally.held == 3
    here.clock.go_to(NEW_YEAR)
    here.hold(group)
    tally = here.ward.get(group).tally
    assert (tally.cycle, tally.held, tally.last) == (2014, 1, NEW_YEAR)


def test_a_meeting_called_last_year_may_be_held_in_this_one(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    here.clock.go_to(NEW_YEAR - timedelta(days=1))
    meeting = here.a_called_meeting(group)
    here.clock.go_to(NEW_YEAR)
    here.hold(group)
    here.ward.execute(RecordAttendance(group, meeting, ("m-1",)))
    assert here.ward.get(referral).taking_part.present == 1


def test_a_member_who_comes_again_under_a_new_referral_has_a_seat_again(here: Province) -> None:
    group, (first,) = here.a_group_of(1)
    here.ward.execute(End(first, "moved"))
    again = here.office.execute(Issue("m-1", "r-1", here.a_paper())).stream
    here.brought(here.submitted(again), "assigned", group=group)
    here.hold(group, present=("m-1",))
    assert here.ward.get(first).taking_part.present == 0
    assert here.ward.get(again).taking_part.present == 1
