"""Every row leads where it says, for those whom it names and in no other state."""

from __future__ import annotations

from typing import Any

import pytest

from referral_flow import CommitteeKind, Role
from referral_flow.commands import (
    AddCommittee,
    AddMember,
    Classify,
    End,
    Evaluate,
    Issue,
    Reissue,
    Reopen,
    Resume,
    Submit,
    Suspend,
    Void,
)
from referral_flow.domain.referral import guards
from referral_flow.domain.referral.lifecycle import REFERRAL
from tests.domain.referral.table import (
    CLOSED_STATES,
    OPEN_STATES,
    REFUSED_WITH,
    ROWS,
    STATES,
    SYSTEM_ROWS,
)
from tests.domain.referral.ways import (
    ASK,
    BACK,
    COME_TO,
    FIRST_HERE,
    desk_of,
    doer,
    origin,
    ready_for,
)
from tests.support.cases import Written, refusals_of, written
from tests.support.looking import codes, names, refused, timers
from tests.support.province import CRITERIA, NEW_YEAR, WHY, Province

WAYS = [
    (row, came_from)
    for row in ROWS
    for came_from in (row.ends if row.command in BACK else ("active",))
]
LEADS_TO = {"submit": "submitted"}
"""Where a row with several ends leads here: the paper says nothing of an exemption."""
PEOPLE = [role for role in Role if role is not Role.SYSTEM]


def named(value: Any) -> str:
    if isinstance(value, Written):
        return f"{value.command} from {value.start or 'nothing'}"
    return str(value)


# --- the table as a whole


def test_the_rows_are_those_of_the_domain() -> None:
    assert written(REFERRAL) == {*ROWS, *SYSTEM_ROWS}


def test_nothing_is_due_in_the_closed_states() -> None:
    assert tuple(map(str, REFERRAL.closed)) == CLOSED_STATES
    assert {str(state) for state in REFERRAL.states} == {*OPEN_STATES, *CLOSED_STATES}


def test_the_rows_refuse_with_the_codes_of_the_domain() -> None:
    expected = {(command, code) for command, all in REFUSED_WITH.items() for code in all.split()}
    assert refusals_of(REFERRAL, guards, by_people=False) == expected


# --- every row of people


@pytest.mark.parametrize(("row", "came_from"), WAYS, ids=named)
def test_a_row_leads_where_it_says(row: Written, came_from: str, anywhere: Province) -> None:
    here = anywhere
    referral = ready_for(here, row.command, row.start, came_from)
    expected = row.start
    if row.ends:
        expected = came_from if row.command in BACK else LEADS_TO.get(row.command, row.ends[0])
    desk = desk_of(here, doer(row), referral)
    command = ASK[row.command](here, referral)
    before = 0 if row.start is None else len(here.superior.history(referral))
    done = desk.execute(command)
    assert done.value.state == expected
    assert here.superior.get(done.stream) == done.value
    mine, *noted = desk.history(done.stream, after=before)
    assert (mine.version, mine.actor, mine.on) == (before + 1, desk.actor, here.today)
    assert [entry.name for entry in (mine, *noted)] == [*done.events]
    assert {entry.actor.role for entry in noted} <= {"system"}
    if row.ends:
        assert (mine.was, mine.now) == (row.start, expected)
        assert done.value.last_step == here.today


@pytest.mark.parametrize(("row", "came_from"), WAYS, ids=named)
def test_a_row_is_for_those_whom_it_names(row: Written, came_from: str, here: Province) -> None:
    referral = ready_for(here, row.command, row.start, came_from)
    command = ASK[row.command](here, referral)
    outside = {"not_permitted", "not_found"}
    may = {
        role
        for role in PEOPLE
        if not outside.intersection(codes(desk_of(here, role, referral).explain(command).refusals))
    }
    assert may == FIRST_HERE.get(row.command, {*row.roles} - {"system"})


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (command, state)
        for command in ASK
        for state in STATES
        if command != "issue"
        if state not in {row.start for row in ROWS if row.command == command}
    ],
)
def test_a_command_without_a_row_in_this_state_is_refused(
    command: str, state: str, here: Province
) -> None:
    referral = here.in_state(state)
    role = next(doer(row) for row in ROWS if row.command == command)
    # Who does not have the referral yet is not told how it stands.
    desk = desk_of(here, "workplace" if role == COME_TO else role, referral)
    (refusal,) = refused(here, desk, ASK[command](here, referral))
    assert (refusal.code, refusal.kind) == ("not_allowed_in_state", "wrong_state")
    allowed_in = {row.start for row in ROWS if row.command == command}
    assert refusal.data["state"] == state
    assert {*refusal.data["allowed_in"]} == allowed_in


# --- who else, and what else


def test_a_class_takes_the_comment_out_of_the_hands_of_the_residence(here: Province) -> None:
    referral = here.an_evaluated()
    here.classify(referral)
    assert codes(refused(here, here.ward, Reopen(referral, WHY))) == ("not_permitted",)
    assert here.superior.execute(Reopen(referral, WHY)).value.state == "active"


def test_a_superior_leaves_a_comment_without_a_class_to_the_residence(here: Province) -> None:
    referral = here.an_evaluated()
    assert codes(refused(here, here.superior, Reopen(referral, WHY))) == ("not_permitted",)


def test_a_comment_taken_back_takes_its_class_with_it(here: Province) -> None:
    referral = here.an_evaluated()
    here.classify(referral)
    year_end = here.superior.execute(Reopen(referral, WHY)).value.year_end
    assert (year_end.rating, year_end.classification) == (None, None)


def test_a_comment_taken_back_is_told_and_the_first_is_not(
    here: Province,
) -> None:
    referral = here.an_active()
    here.deliver()
    here.evaluate(referral)
    here.ward.execute(Reopen(referral, WHY))
    assert [(sent.kind, sent.to) for sent in here.deliver()] == [
        ("comment_taken_back", "committee:w-1"),
        ("comment_taken_back", "member:m-1"),
    ]


def test_whoever_suspended_resumes(here: Province) -> None:
    referral = here.an_active()
    here.office.execute(Suspend(referral, WHY))
    (refusal,) = refused(here, here.ward, Resume(referral))
    assert (refusal.code, refusal.data) == ("suspended_by_other", {"by": "workplace"})
    assert here.office.execute(Resume(referral)).value.state == "active"


def test_a_superior_resumes_what_anybody_suspended(here: Province) -> None:
    for desk in (here.office, here.ward):
        referral = here.an_active()
        desk.execute(Suspend(referral, WHY))
        assert here.superior.execute(Resume(referral)).value.state == "active"


def test_a_member_suspended_twice_goes_back_to_where_it_was_the_second_time(
    here: Province,
) -> None:
    referral = here.a_suspended(came_from="submitted")
    here.ward.execute(Resume(referral))
    here.brought(referral, "active")
    here.ward.execute(Suspend(referral, WHY))
    assert here.ward.execute(Resume(referral)).value.state == "active"


def test_an_evaluation_of_a_suspended_member_leads_back_to_the_suspension(here: Province) -> None:
    referral = here.an_evaluated(came_from="suspended")
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    assert here.ward.get(referral).state == "suspended"
    assert here.ward.execute(Resume(referral)).value.state == "active"


@pytest.mark.parametrize("side", ["p-w", "p-r"])
def test_the_superior_of_either_side_is_a_superior(side: str, here: Province) -> None:
    for above, id, kind in (
        ("p-w", "w-9", CommitteeKind.WORKPLACE),
        ("p-r", "r-9", CommitteeKind.RESIDENCE),
    ):
        here.operator.execute(AddCommittee(above, CommitteeKind.SUPERIOR, "Tỉnh"))
        here.operator.execute(AddCommittee(id, kind, "Cấp ủy", above))
    here.operator.execute(AddMember("q-1", "w-9", "Một người"))
    office, ward = here.desk(Role.WORKPLACE, "w-9"), here.desk(Role.RESIDENCE, "r-9")
    superior = here.desk(Role.SUPERIOR, side)
    referral = office.execute(Issue("q-1", "r-9", here.a_paper("1/GT"))).stream
    ward.execute(Submit(referral, "1/GT"))
    ward.execute(Suspend(referral, WHY))
    assert [found.id for found in superior.find()] == [referral]
    assert superior.execute(Resume(referral)).value.state == "submitted"
    here.go_to_the_window()
    ward.execute(Evaluate(referral, "weak", CRITERIA, "Nhận xét."))
    office.execute(Classify(referral, "completed"))
    assert superior.execute(Reopen(referral, WHY)).value.state == "submitted"
    assert superior.figures().counts["referred"] == 1
    assert superior.execute(Void(referral, WHY)).value.state == "void"


# --- what a row does beside the state


def test_a_paper_returned_is_issued_again_under_the_same_referral(here: Province) -> None:
    referral = here.in_state("returned")
    paper = here.a_paper("16/GT")
    here.clock.pass_days(3)
    again = here.office.execute(Reissue(referral, paper)).value
    assert (again.id, again.paper) == (referral, paper)
    assert (again.timeline.deadline - here.today).days == 30
    assert names(here.office, referral) == ["issued", "submitted", "returned", "reissued"]


def test_a_returned_paper_may_keep_its_own_number(here: Province) -> None:
    referral = here.in_state("returned")
    paper = here.a_paper(here.number_of(referral))
    assert here.office.execute(Reissue(referral, paper)).value.state == "issued"


def test_a_number_that_was_given_up_is_still_used(here: Province) -> None:
    referral = here.in_state("returned")
    first = here.number_of(referral)
    here.office.execute(Reissue(referral, here.a_paper("16/GT")))
    command = Issue(here.a_member(), "r-1", here.a_paper(first))
    assert codes(refused(here, here.office, command)) == ("duplicate_paper",)


def test_two_workplaces_may_use_one_number(here: Province) -> None:
    here.office.execute(Issue("m-1", "r-1", here.a_paper("15/GT")))
    done = here.other_office.execute(Issue("n-1", "r-1", here.a_paper("15/GT")))
    assert done.value.state == "issued"


def test_a_number_may_be_used_again_in_the_next_year(here: Province) -> None:
    here.office.execute(Issue("m-1", "r-1", here.a_paper("15/GT")))
    here.clock.go_to(NEW_YEAR)
    assert here.office.execute(Issue("m-2", "r-1", here.a_paper("15/GT"))).version == 1


@pytest.mark.parametrize("written_as", ["15/gt", " 15/GT ", "15/Gt"])
def test_a_number_is_the_same_however_it_is_written(written_as: str, here: Province) -> None:
    here.office.execute(Issue("m-1", "r-1", here.a_paper("15/GT")))
    command = Issue("m-2", "r-1", here.a_paper(written_as))
    assert codes(refused(here, here.office, command)) == ("duplicate_paper",)


@pytest.mark.parametrize("state", OPEN_STATES)
def test_an_end_frees_the_member_and_the_place_and_all_that_was_due(
    state: str, here: Province
) -> None:
    referral = here.in_state(state)
    member, group = here.member_of(referral), here.ward.get(referral).group
    ended = here.office.execute(End(referral, "duty_over")).value
    assert (ended.state, ended.group) == ("ended", None)
    assert timers(here, referral) == {}
    if group is not None:
        assert here.ward.get(group).seats == ()
    assert here.an_issued(member) != referral


@pytest.mark.parametrize("state", ["issued", "submitted", "assigned", "active", "evaluated"])
def test_a_void_referral_frees_the_member_and_keeps_the_number(state: str, here: Province) -> None:
    referral = here.in_state(state)
    member, number = here.member_of(referral), here.number_of(referral)
    void = here.superior.execute(Void(referral, WHY)).value
    assert (void.state, void.group) == ("void", None)
    assert timers(here, referral) == {}
    command = Issue(member, "r-1", here.a_paper(number))
    assert codes(refused(here, here.office, command)) == ("duplicate_paper",)
    assert here.an_issued(member) != referral


def test_an_ended_referral_that_is_voided_leaves_the_new_one_alone(here: Province) -> None:
    ended = here.an_ended("m-9")
    here.an_issued("m-9")
    here.superior.execute(Void(ended, WHY))
    command = Issue("m-9", "r-1", here.a_paper())
    assert codes(refused(here, here.office, command)) == ("open_referral_exists",)


def test_what_waits_to_be_sent_is_withdrawn_by_an_end(here: Province) -> None:
    referral = here.an_issued()
    here.office.execute(End(referral, "died"))
    assert {sent.kind for sent in here.deliver()} == {"referral_ended"}


def test_a_class_may_come_when_the_next_cycle_has_begun(here: Province) -> None:
    referral = here.commented_last_year("active")
    done = here.office.execute(Classify(referral, "completed", cycle=2013)).value
    assert (done.state, done.year_end.classification) == ("active", "completed")


def test_a_class_without_a_cycle_is_for_the_cycle_of_its_day(here: Province) -> None:
    referral = here.commented_last_year("active")
    (refusal,) = refused(here, here.office, Classify(referral, "good"))
    assert (refusal.code, refusal.data) == ("residence_not_consulted", {"cycle": "2014"})


def test_the_words_of_a_step_lie_beside_its_event(here: Province) -> None:
    referral = here.in_state("returned")
    entry = here.office.history(referral)[-1]
    assert entry.words == {"reason": WHY}
    assert WHY not in repr(entry.event)


# --- who is told of it

MEMBER, WORKPLACE, RESIDENCE = "member:m-1", "committee:w-1", "committee:r-1"
TOLD: dict[str, set[tuple[str, str]]] = {
    "issue": {("paper_issued", MEMBER), ("paper_to_expect", RESIDENCE)},
    "submit": {("paper_received", WORKPLACE)},
    "return_paper": {("paper_returned", WORKPLACE)},
    "reissue": {("paper_issued", MEMBER)},
    "assign": {("assigned_to_group", MEMBER)},
    "evaluate": {("comment_given", WORKPLACE), ("comment_given", MEMBER)},
    "classify": {("class_given", RESIDENCE), ("class_given", MEMBER)},
    "reopen": {("comment_taken_back", WORKPLACE), ("comment_taken_back", MEMBER)},
    "end": {("referral_ended", WORKPLACE), ("referral_ended", RESIDENCE)},
    "activate": set(),
    "open_cycle": set(),
    "suspend": set(),
    "resume": set(),
    "answer_unknown": {("not_known_here", WORKPLACE)},
    "reassign": {("assigned_to_group", MEMBER)},
    "countersign": set(),
    "correct_evaluation": {("comment_corrected", WORKPLACE), ("comment_corrected", MEMBER)},
    "reconcile": {("reconcile_offered", WORKPLACE)},
    "state_view": {("view_stated", RESIDENCE)},
    "answer_view": {("view_answered", MEMBER)},
    "exempt": {("exempted", RESIDENCE)},
    "answer_request": {("request_answered", WORKPLACE)},
    "lift_exemption": {("exemption_lifted", RESIDENCE)},
    "amend": {("amended", WORKPLACE), ("amended", RESIDENCE)},
    "hand_over": {
        ("taken_over", WORKPLACE),
        ("handed_over", RESIDENCE),
        ("handed_over", MEMBER),
    },
    "transfer": {("paper_issued", MEMBER), ("paper_to_expect", "committee:r-2")},
    "void": set(),
    "request_comment": {("comment_requested", RESIDENCE)},
    "answer_recommendation": {("recommendation_answered", RESIDENCE)},
}


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_those_whom_a_step_concerns_are_told(row: Written, here: Province) -> None:
    referral = ready_for(here, row.command, row.start, origin(row))
    here.deliver()
    desk_of(here, doer(row), referral).execute(ASK[row.command](here, referral))
    told = {(sent.kind, sent.to) for sent in here.deliver()}
    assert told == TOLD[row.command]


# --- the rows that only other rows and timers call


@pytest.mark.parametrize("state", ["assigned", "active", "suspended", "evaluated"])
def test_a_meeting_is_noted_in_every_open_state_that_has_a_seat(
    state: str, anywhere: Province
) -> None:
    here = anywhere
    referral = here.in_state(state)
    group, before = here.group_of(referral), here.ward.get(referral)
    here.hold(group, excused=(here.member_of(referral),))
    after = here.ward.get(referral)
    assert (after.state, after.last_step) == (before.state, before.last_step)
    assert after.taking_part.excused == before.taking_part.excused + 1
    assert here.ward.history(referral)[-1].actor.role == Role.SYSTEM


@pytest.mark.parametrize("state", ["active", "suspended", "evaluated"])
def test_a_contribution_is_noted_in_every_open_state_that_has_a_seat(
    state: str, here: Province
) -> None:
    referral = here.in_state(state)
    member, group = here.member_of(referral), here.group_of(referral)
    here.contribute(group, here.hold(group, present=(member,)), member)
    after = here.ward.get(referral)
    assert (after.state, after.taking_part.contributions) == (state, 1)


def test_what_the_system_does_is_done_in_the_name_of_a_person(here: Province) -> None:
    referral = here.an_active()
    activated = here.ward.history(referral)[-1]
    assert activated.name == "referral.activated@1"
    assert (activated.actor.role, activated.actor.on_behalf_of) == ("system", "u-1")
