"""Whatever people ask for, in whatever order and on whatever day, everything stays sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_flow import Command, Desk, Refused, Role
from referral_flow.commands import (
    Activate,
    Amend,
    AnswerRequest,
    AnswerUnknown,
    AnswerView,
    Assign,
    CallMeeting,
    Classify,
    CloseGroup,
    CorrectEvaluation,
    Countersign,
    End,
    Evaluate,
    Exempt,
    Exemption,
    HandOver,
    Issue,
    LiftExemption,
    MoveMember,
    OpenCycle,
    PrepareMeeting,
    Reassign,
    Reconcile,
    RecordAttendance,
    RecordContribution,
    Reissue,
    Reopen,
    RequestComment,
    Resume,
    ReturnPaper,
    StateView,
    Submit,
    Suspend,
    Transfer,
    Void,
)
from referral_flow.domain.group.state import Group, Meeting
from referral_flow.engine.command import name_of
from referral_flow.engine.record import change
from tests.domain.referral.table import ROWS
from tests.support.looking import everything, the_parts_make_the_whole
from tests.support.province import CONTENT, CRITERIA, WHY, Province
from tests.support.rule_sets import GROUNDS, OURS

LEADS_TO = {(row.command, row.start): row.ends or (row.start,) for row in ROWS}
REMEMBERED = {
    "reopen": "evaluated_from",
    "open_cycle": "evaluated_from",
    "resume": "suspended_from",
}
START = date(2013, 10, 14)

Does = Callable[["Story"], tuple[Desk, Command[Any]] | None]


class Story:
    """Three referrals and two groups, and hands that reach for anything."""

    def __init__(self) -> None:
        self.here = Province(rule_set=OURS)
        self.here.clock.go_to(START)
        self.group = self.here.a_group(leader="m-20")
        self.other = self.here.a_group()
        self.referrals = [
            self.here.an_issued("m-1"),
            self.here.an_assigned("m-2", self.group),
            self.here.an_assigned("m-3", self.group),
        ]
        self.now = 0

    @property
    def referral(self) -> str:
        return self.referrals[self.now % len(self.referrals)]

    def workplace_of(self, referral: str) -> str:
        return str(self.here.superior.get(referral).workplace)

    def group_now(self) -> Group:
        found: Group = self.here.ward.get(self.group)
        return found

    def a_meeting(self, fits: Callable[[Meeting], bool]) -> Meeting | None:
        fitting = [meeting for meeting in self.group_now().meetings if fits(meeting)]
        return fitting[self.now % len(fitting)] if fitting else None

    def does(self, kind: str, number: int, days: int, back: int) -> None:
        """Do one thing, or have it refused; time passes before."""
        self.here.clock.pass_days(days)
        self.now = number
        if kind in OF_THE_SYSTEM:
            OF_THE_SYSTEM[kind](self)
            return
        hands = OF_PEOPLE.get(kind) or self._what_fits()
        asked = hands[number // len(self.referrals) % len(hands)](self)
        if asked is not None:
            desk, command = asked
            self._asks(desk, change(command, on=self.here.today - timedelta(days=back)))

    def _what_fits(self) -> Sequence[Does]:
        """Give what has a row in the state of the referral, so that the story goes on."""
        state = str(self.here.superior.get(self.referral).state)
        every = OF_PEOPLE["any"]
        return [d for d in every if (name_of(self._command(d)), state) in LEADS_TO] or every

    def _command(self, does: Does) -> type[Command[Any]]:
        asked = does(self)
        assert asked is not None
        return type(asked[1])

    def _asks(self, desk: Desk, command: Command[Any]) -> None:
        here = self.here
        before = everything(here)
        addressed = getattr(command, "referral", None)
        was = None if addressed is None else here.superior.get(addressed)
        foretold = desk.explain(command)
        if not foretold.allowed:
            with pytest.raises(Refused) as caught:
                desk.execute(command)
            assert caught.value.refusals == foretold.refusals
            assert everything(here) == before
            return
        done = desk.execute(command)
        if was is not None:
            name = foretold.command
            assert done.value.state in LEADS_TO[name, was.state]
            if name in REMEMBERED:
                assert done.value.state == getattr(was.place, REMEMBERED[name])
        if isinstance(command, Issue):
            self.referrals.append(done.stream)
        if isinstance(command, Transfer):
            self.referrals.append(done.value.links.onward)

    def is_sound(self) -> None:
        here = self.here
        assert here.flow.verify().faults == ()
        the_parts_make_the_whole(here)
        for group in (self.group, self.other):
            seats = [seat.referral for seat in here.ward.get(group).seats]
            sit = [id for id in self.referrals if here.superior.get(id).group == group]
            assert sorted(seats) == sorted(sit)
        for id in self.referrals:
            referral = here.superior.get(id)
            assert referral.last_step <= here.today
            year = referral.year_end
            assert year.conflict is None or year.rating is not None
            assert year.conflict is None or year.classification is None
            part = referral.taking_part
            assert 0 <= part.present + part.excused <= part.called
            assert part.absent_in_a_row <= part.called - part.present - part.excused
            if referral.state in ("assigned", "active"):
                assert referral.group is not None
            if referral.state in ("issued", "returned", "exempt", "ended", "void"):
                assert referral.group is None
            if referral.state == "exempt":
                assert referral.exemption is not None
            if referral.links.onward is not None:
                assert here.superior.get(referral.links.onward).links.origin == id


# --- what may be asked for


def of_a_referral(role: str, make: Callable[[Story, str], Command[Any]]) -> Does:
    def does(story: Story) -> tuple[Desk, Command[Any]]:
        desks = {
            "workplace": story.here.desk(Role.WORKPLACE, story.workplace_of(story.referral)),
            "other": story.here.other_office_than(story.workplace_of(story.referral)),
            "residence": story.here.ward,
            "superior": story.here.superior,
            "member": story.here.the_member(story.referral),
        }
        return desks[role], make(story, story.referral)

    return does


def issue(story: Story) -> tuple[Desk, Command[Any]]:
    member = ("m-1", "m-2", "m-3", "m-4")[story.now % 4]
    exemption = exemption_of(story) if story.now % 3 == 0 else None
    return story.here.office, Issue(member, "r-1", story.here.a_paper(), exemption=exemption)


def exemption_of(story: Story) -> Exemption:
    return Exemption(GROUNDS[0], story.here.today + timedelta(days=1 + story.now))


def change_work(story: Story) -> tuple[Desk, Command[Any]]:
    """Let the member go to the other workplace; of one who went, it takes the referral over."""
    here, referral = story.here, story.here.superior.get(story.referral)
    other = here.other_office_than(referral.workplace)
    workplace = str(other.actor.committee)
    members = here.flow.directory.members((referral.member,), here.today)
    if members[referral.member].workplace == workplace:
        return other, HandOver(referral.id)
    return here.operator, MoveMember(referral.member, workplace)


def prepare(story: Story) -> tuple[Desk, Command[Any]]:
    starts_at = story.here.clock.now - timedelta(days=story.now % 3)
    return story.here.ward, PrepareMeeting(story.group, CONTENT, starts_at=starts_at)


def call(story: Story) -> tuple[Desk, Command[Any]] | None:
    meeting = story.a_meeting(lambda meeting: not meeting.held)
    return None if meeting is None else (story.here.ward, CallMeeting(story.group, meeting.id))


def record(story: Story) -> tuple[Desk, Command[Any]] | None:
    meeting = story.a_meeting(lambda meeting: meeting.called is not None)
    if meeting is None:
        return None
    present, excused = presence(meeting.called or (), story.now)
    leader = story.here.desk(Role.GROUP_LEADER, person="m-20")
    return leader, RecordAttendance(story.group, meeting.id, present, excused)


def presence(called: Sequence[str], which: int) -> tuple[tuple[str, ...], dict[str, str]]:
    marks = {member: (n + which) % 3 for n, member in enumerate(called)}
    present = tuple(member for member, mark in marks.items() if mark < 2)
    return present, {member: WHY for member, mark in marks.items() if mark == 2 and which % 2}


def contribute(story: Story) -> tuple[Desk, Command[Any]] | None:
    meeting = story.a_meeting(lambda meeting: meeting.held)
    if meeting is None or not meeting.called:
        return None
    member = meeting.called[story.now % len(meeting.called)]
    return story.here.ward, RecordContribution(story.group, meeting.id, member, "Ý kiến.")


def close(story: Story) -> tuple[Desk, Command[Any]]:
    return story.here.ward, CloseGroup(story.group)


def comment(rating: str) -> Callable[[Story, str], Command[Any]]:
    def make(story: Story, id: str) -> Command[Any]:
        reason = WHY if story.now % 5 else None
        return Evaluate(id, rating, CRITERIA, "Nhận xét.", reason)

    return make


def exempt(story: Story, id: str) -> Command[Any]:
    exemption = exemption_of(story)
    return Exempt(id, exemption.ground, exemption.until)


def ask(story: Story, id: str) -> Command[Any]:
    return RequestComment(id, "reward", story.here.today + timedelta(days=3))


def amend(story: Story, id: str) -> Command[Any]:
    return Amend(id, WHY, deadline=story.here.today + timedelta(days=story.now - 10))


def correct(story: Story, id: str) -> Command[Any]:
    rating = ("good", "fair", "weak")[story.now % 3]
    return CorrectEvaluation(id, rating, CRITERIA, "Nhận xét.", WHY, WHY)


def settle(story: Story, id: str) -> Command[Any]:
    return Reconcile(id, ("good", "completed")[story.now % 2], WHY)


def other_group(story: Story, id: str) -> Command[Any]:
    return Reassign(id, story.other if story.now % 2 else story.group)


OF_THE_SYSTEM: dict[str, Callable[[Story], Any]] = {
    "tick": lambda story: story.here.flow.tick(),
    "deliver": lambda story: story.here.flow.deliver(),
}
OF_PEOPLE: dict[str, Sequence[Does]] = {
    "issue": (issue,),
    "work": (change_work,),
    "meet": (prepare, call, record, record, contribute),
    "any": (
        of_a_referral("residence", lambda story, id: Submit(id, story.here.number_of(id))),
        of_a_referral("residence", lambda _, id: ReturnPaper(id, WHY)),
        of_a_referral("workplace", lambda story, id: Reissue(id, story.here.a_paper())),
        of_a_referral("residence", lambda story, id: Assign(id, story.group)),
        of_a_referral("residence", lambda _, id: Activate(id)),
        of_a_referral("residence", comment("good")),
        of_a_referral("residence", comment("weak")),
        of_a_referral("workplace", lambda _, id: Classify(id, "good")),
        of_a_referral("residence", lambda _, id: Reopen(id, WHY)),
        of_a_referral("superior", lambda _, id: Reopen(id, WHY)),
        of_a_referral("superior", lambda _, id: OpenCycle(id)),
        of_a_referral("residence", lambda _, id: Suspend(id, WHY)),
        of_a_referral("workplace", lambda _, id: Suspend(id, WHY)),
        of_a_referral("residence", lambda _, id: Resume(id)),
        of_a_referral("superior", lambda _, id: Resume(id)),
        of_a_referral("residence", other_group),
        of_a_referral("workplace", lambda _, id: Classify(id, "excellent", propose=True)),
        of_a_referral("workplace", settle),
        of_a_referral("residence", settle),
        of_a_referral("superior", settle),
        of_a_referral("residence", correct),
        of_a_referral("superior", correct),
        of_a_referral("superior", lambda _, id: Countersign(id)),
        of_a_referral("workplace", ask),
        of_a_referral("residence", lambda _, id: AnswerUnknown(id)),
        of_a_referral("member", lambda _, id: StateView(id, "Ý kiến.")),
        of_a_referral("residence", lambda _, id: AnswerView(id, "Trả lời.")),
        of_a_referral("workplace", exempt),
        of_a_referral("residence", lambda _, id: AnswerRequest(id, "reward", "Nhận xét.")),
        of_a_referral("workplace", lambda _, id: LiftExemption(id)),
        of_a_referral("workplace", amend),
        of_a_referral("other", lambda _, id: HandOver(id)),
        of_a_referral("workplace", lambda story, id: Transfer(id, "r-1", story.here.a_paper())),
    ),
    "end": (
        of_a_referral("residence", lambda _, id: End(id, "moved")),
        of_a_referral("workplace", lambda _, id: End(id, "never_submitted")),
        of_a_referral("superior", lambda _, id: Void(id, WHY)),
        close,
    ),
}

A_STEP = st.tuples(
    st.sampled_from(
        ["fitting"] * 6
        + ["meet"] * 5
        + ["work"] * 3
        + ["tick", "deliver", "issue", "any", "any", "end"]
    ),
    st.integers(0, 59),
    st.sampled_from((0, 0, 1, 3, 10, 45)),
    st.sampled_from((0, 0, 0, 0, 1, 4)),
)


@given(steps=st.lists(A_STEP, min_size=6, max_size=16))
@settings(max_examples=40)
def test_random_commands_never_break_anything(steps: list[tuple[str, int, int, int]]) -> None:
    story = Story()
    for step in steps:
        story.does(*step)
        story.is_sound()
