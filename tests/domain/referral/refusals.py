"""Every reason for which a command to a referral is refused, one entry for each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from referral_flow import Member
from referral_flow.commands import (
    Activate,
    Amend,
    AnswerRequest,
    Assign,
    CloseGroup,
    End,
    Exempt,
    Exemption,
    GroupKind,
    HandOver,
    Issue,
    LiftExemption,
    MarkNotIntroduced,
    Reassign,
    Reissue,
    Resume,
    ReturnPaper,
    Submit,
    Suspend,
    Transfer,
    Void,
)
from referral_flow.domain.referral.commands import IssueOnward, TellOverdue
from referral_flow.domain.referral.state import Paper
from tests.domain.referral.refusals_adopting import ADOPTING
from tests.domain.referral.refusals_year_end import YEAR_END
from tests.domain.referral.ways import moved
from tests.support.cases import Asked, Cases
from tests.support.province import WHY, Province
from tests.support.registers import OurRegister
from tests.support.rule_sets import GROUNDS, NAME, OURS

REFUSALS = Cases()
REFUSALS.all += YEAR_END.all
REFUSALS.all += ADOPTING.all
refuses = REFUSALS.refuses

NO_UUID, NO_STREAM = "g-1", "01890a5d-ac96-774b-bcce-b302099a8057"
REASONS = (
    "moved",
    "retired",
    "died",
    "left_the_party",
    "never_submitted",
    "duty_over",
    "other",
)

# --- issue


@refuses(Issue, "unknown_member")
def whom_nobody_knows(here: Province) -> Asked:
    return Asked(here.office, Issue("m-0", "r-1", here.a_paper()), {"member": "m-0"})


@refuses(Issue, "not_own_member")
def who_works_elsewhere(here: Province) -> Asked:
    return Asked(here.office, Issue("n-1", "r-1", here.a_paper()), {"member": "n-1"})


@refuses(Issue, "not_to_be_introduced")
def who_is_marked(here: Province) -> Asked:
    here.office.execute(MarkNotIntroduced("m-1"))
    return Asked(here.office, Issue("m-1", "r-1", here.a_paper()), {"member": "m-1"})


@refuses(Issue, "open_referral_exists")
def who_is_introduced_already(here: Province) -> Asked:
    referral = here.an_issued("m-1")
    command = Issue("m-1", "r-2", here.a_paper())
    return Asked(here.office, command, {"member": "m-1", "referral": referral})


@refuses(Issue, "unknown_committee")
def to_a_committee_that_nobody_knows(here: Province) -> Asked:
    return Asked(here.office, Issue("m-1", "r-9", here.a_paper()), {"committee": "r-9"})


@refuses(Issue, "not_a_residence_committee")
def to_a_workplace(here: Province) -> Asked:
    return Asked(here.office, Issue("m-1", "w-2", here.a_paper()), {"committee": "w-2"})


@refuses(Issue, "duplicate_paper")
def under_a_number_that_was_used(here: Province) -> Asked:
    here.office.execute(Issue("m-1", "r-1", here.a_paper("15/GT")))
    command = Issue("m-2", "r-1", here.a_paper("15/GT"))
    return Asked(here.office, command, {"number": "15/GT", "year": "2013"})


NEXT_YEAR = date(2014, 3, 4)


def _with_exemption(here: Province, ground: str, until: date | None, **at: Any) -> Asked:
    """Ask to issue a paper that says this, under rules that know exemption."""
    where = at.pop("where", None) or Province(rule_set=OURS)
    command = Issue("m-1", "r-1", where.a_paper(), exemption=Exemption(ground, until))
    return Asked(where.office, command, where=where, **at)


@refuses(Issue, "not_in_rule_set")
def saying_that_the_bearer_is_exempt_under_the_rules_of_1999(here: Province) -> Asked:
    return _with_exemption(here, GROUNDS[0], NEXT_YEAR, where=here, data={"rule_set": NAME})


@refuses(Issue, "unknown_ground")
def saying_that_the_bearer_is_exempt_for_no_known_ground(here: Province) -> Asked:
    data = {"ground": "tired", "known": GROUNDS}
    return _with_exemption(here, "tired", NEXT_YEAR, data=data)


@refuses(Issue, "expiry_required")
def saying_that_the_bearer_is_exempt_for_ever(here: Province) -> Asked:
    return _with_exemption(here, GROUNDS[0], None)


@refuses(Issue, "expiry_required")
def saying_that_the_bearer_is_exempt_until_today(here: Province) -> Asked:
    return _with_exemption(here, GROUNDS[0], here.today)


@refuses(TellOverdue, "not_overdue")
def of_a_paper_on_its_last_day(here: Province) -> Asked:
    referral = here.an_issued()
    deadline = here.office.get(referral).timeline.deadline
    here.clock.go_to(deadline)
    command = TellOverdue(referral, step="remind_member")
    return Asked(here.system, command, {"deadline": deadline})


# --- submit, return and reissue


@refuses(Submit, "wrong_residence")
def to_whom_it_is_not_addressed(here: Province) -> Asked:
    referral = here.an_issued()
    return Asked(here.other_ward, Submit(referral, here.number_of(referral)))


@refuses(Submit, "paper_mismatch")
def with_another_number(here: Province) -> Asked:
    return Asked(here.ward, Submit(here.an_issued(), "99/GT"), {"number": "99/GT"})


@refuses(ReturnPaper, "reason_required")
def without_saying_what_is_wrong(here: Province) -> Asked:
    return Asked(here.ward, ReturnPaper(here.a_submitted(), " "), missing=("reason",))


@refuses(Reissue, "not_own_member")
def for_a_member_who_has_gone(_: Province) -> Asked:
    return _reissue_for(Member("m-1", "w-2"))


@refuses(Reissue, "not_own_member")
def for_a_member_whom_the_register_has_lost(_: Province) -> Asked:
    return _reissue_for(None)


def _reissue_for(later: Member | None) -> Asked:
    register = OurRegister(Member("m-1", "w-1"))
    there = Province(directory=register)
    referral = there.brought(there.a_submitted("m-1"), "returned")
    register.people = {} if later is None else {"m-1": later}
    command = Reissue(referral, there.a_paper())
    return Asked(there.office, command, {"member": "m-1"}, where=there)


@refuses(Reissue, "duplicate_paper")
def under_the_number_of_another(here: Province) -> Asked:
    referral = here.in_state("returned")
    paper = here.a_paper(here.number_of(here.an_issued()))
    data = {"number": paper.number, "year": "2013"}
    return Asked(here.office, Reissue(referral, paper), data)


# --- groups and taking part


@refuses(Assign, "unknown_group")
def to_a_group_that_is_none(here: Province) -> Asked:
    return Asked(here.ward, Assign(here.a_submitted(), NO_UUID), {"group": NO_UUID})


@refuses(Assign, "unknown_group")
def to_a_group_that_is_not_there(here: Province) -> Asked:
    return Asked(here.ward, Assign(here.a_submitted(), NO_STREAM), {"group": NO_STREAM})


@refuses(Assign, "unknown_group")
def to_something_that_is_no_group(here: Province) -> Asked:
    referral = here.a_submitted()
    return Asked(here.ward, Assign(referral, referral), {"group": referral})


@refuses(Assign, "group_elsewhere")
def to_a_group_of_another_area(here: Province) -> Asked:
    group = here.a_group(residence="r-2")
    return Asked(here.ward, Assign(here.a_submitted(), group), {"group": group})


@refuses(Assign, "merged_into_cell")
def to_the_residential_cell(here: Province) -> Asked:
    cell = here.a_group(kind=GroupKind.CELL)
    return Asked(here.ward, Assign(here.a_submitted(), cell), {"group": cell})


@refuses(Assign, "group_full")
def to_a_group_of_fifteen(here: Province) -> Asked:
    group, _ = here.a_group_of(15)
    return Asked(here.ward, Assign(here.a_submitted(), group), {"group": group, "limit": 15})


@refuses(Assign, "group_closed")
def to_a_group_that_was_closed(here: Province) -> Asked:
    group = here.a_group()
    here.ward.execute(CloseGroup(group))
    return Asked(here.ward, Assign(here.a_submitted(), group), {"group": group})


def _moves(here: Province, group: str, **data: Any) -> Asked:
    """Ask to put somebody who is in a group into another one."""
    return Asked(here.ward, Reassign(here.an_active(), group), {"group": group, **data})


@refuses(Reassign, "unknown_group")
def into_a_group_that_is_none(here: Province) -> Asked:
    return _moves(here, NO_UUID)


@refuses(Reassign, "unknown_group")
def into_a_group_that_is_not_there(here: Province) -> Asked:
    return _moves(here, NO_STREAM)


@refuses(Reassign, "group_elsewhere")
def into_a_group_of_another_area(here: Province) -> Asked:
    return _moves(here, here.a_group(residence="r-2"))


@refuses(Reassign, "merged_into_cell")
def into_the_residential_cell(here: Province) -> Asked:
    return _moves(here, here.a_group(kind=GroupKind.CELL))


@refuses(Reassign, "group_full")
def into_a_group_of_fifteen(here: Province) -> Asked:
    return _moves(here, here.a_group_of(15)[0], limit=15)


@refuses(Reassign, "group_closed")
def into_a_group_that_was_closed(here: Province) -> Asked:
    group = here.a_group()
    here.ward.execute(CloseGroup(group))
    return _moves(here, group)


@refuses(Reassign, "same_group")
def into_the_group_where_the_member_is(here: Province) -> Asked:
    referral = here.an_active()
    group = here.group_of(referral)
    return Asked(here.ward, Reassign(referral, group), {"group": group})


@refuses(Activate, "no_participation_yet")
def who_was_at_no_meeting(here: Province) -> Asked:
    return Asked(here.ward, Activate(here.an_assigned()), {"called": 0})


@refuses(Activate, "no_participation_yet")
def who_was_called_and_stayed_away(here: Province) -> Asked:
    referral = here.an_assigned()
    here.hold(here.group_of(referral))
    return Asked(here.ward, Activate(referral), {"called": 1})


# --- pause and end


@refuses(Suspend, "reason_required")
def without_saying_why_it_is_paused(here: Province) -> Asked:
    return Asked(here.office, Suspend(here.an_active(), "\n"), missing=("reason",))


@refuses(Resume, "suspended_by_other")
def what_the_residence_suspended(here: Province) -> Asked:
    return Asked(here.office, Resume(here.a_suspended()), {"by": "residence"})


@refuses(End, "unknown_reason")
def for_a_reason_that_is_none(here: Province) -> Asked:
    command = End(here.an_active(), "bored")
    return Asked(here.office, command, {"reason": "bored", "known": REASONS})


@refuses(End, "reason_required")
def for_another_reason_without_words(here: Province) -> Asked:
    return Asked(here.office, End(here.an_active(), "other", " "), missing=("words",))


@refuses(End, "only_for_a_move")
def by_the_residence_for_a_retirement(here: Province) -> Asked:
    return Asked(here.ward, End(here.an_active(), "retired"), {"reason": "retired"})


@refuses(Void, "reason_required")
def of_a_paper_without_saying_why(here: Province) -> Asked:
    return Asked(here.office, Void(here.an_issued(), ""), missing=("reason",))


@refuses(Void, "reason_required")
def of_an_ended_one_without_saying_why(here: Province) -> Asked:
    return Asked(here.superior, Void(here.an_ended(), ""), missing=("reason",))


# --- exemption


def _exempts(here: Province, ground: str, until: date | None, **said: Any) -> Asked:
    referral = here.a_submitted(rule_set=said.pop("rule_set", OURS))
    return Asked(here.office, Exempt(referral, ground, until), **said)


@refuses(Exempt, "not_in_rule_set")
def under_the_rules_of_1999(here: Province) -> Asked:
    data = {"rule_set": NAME}
    return _exempts(here, GROUNDS[0], NEXT_YEAR, rule_set=None, data=data)


@refuses(Exempt, "unknown_ground")
def for_no_known_ground(here: Province) -> Asked:
    return _exempts(here, "tired", NEXT_YEAR, data={"ground": "tired", "known": GROUNDS})


@refuses(Exempt, "expiry_required")
def for_ever(here: Province) -> Asked:
    return _exempts(here, GROUNDS[0], None)


@refuses(Exempt, "expiry_required")
def until_today(here: Province) -> Asked:
    return _exempts(here, GROUNDS[0], here.today)


@refuses(AnswerRequest, "purpose_required")
def without_saying_what_for(here: Province) -> Asked:
    command = AnswerRequest(here.an_exempt(), " ", "Nhận xét.")
    return Asked(here.ward, command, missing=("purpose",))


@refuses(LiftExemption, "exemption_runs")
def by_a_timer_that_comes_too_early(here: Province) -> Asked:
    referral = here.an_exempt()
    until = here.office.get(referral).exemption.until
    here.clock.go_to(until)
    return Asked(here.system, LiftExemption(referral), {"until": until})


# --- amend


@refuses(Amend, "reason_required")
def without_saying_why_it_is_amended(here: Province) -> Asked:
    command = Amend(here.an_issued(), " ", deadline=NEXT_YEAR)
    return Asked(here.office, command, missing=("reason",))


@refuses(Amend, "nothing_changed")
def with_nothing_new(here: Province) -> Asked:
    return Asked(here.office, Amend(here.an_issued(), WHY))


@refuses(Amend, "nothing_changed")
def with_what_it_was_already(here: Province) -> Asked:
    referral = here.a_submitted()
    found = here.office.get(referral)
    paper = Paper(found.paper.number, found.paper.date)
    command = Amend(referral, WHY, paper, found.timeline.deadline, found.timeline.submitted_on)
    return Asked(here.superior, command)


@refuses(Amend, "recorded_by_other")
def by_the_residence_what_the_workplace_recorded(here: Province) -> Asked:
    return Asked(here.ward, Amend(here.a_submitted(), WHY, deadline=NEXT_YEAR))


@refuses(Amend, "recorded_by_other")
def by_the_residence_the_number_of_the_paper(here: Province) -> Asked:
    return Asked(here.ward, Amend(here.a_submitted(), WHY, paper=here.a_paper()))


@refuses(Amend, "recorded_by_other")
def by_the_workplace_what_the_residence_recorded(here: Province) -> Asked:
    referral = here.an_issued()
    here.clock.pass_days(3)
    here.submitted(referral)
    command = Amend(referral, WHY, submitted_on=here.today - timedelta(days=1))
    return Asked(here.office, command)


@refuses(Amend, "not_submitted_yet")
def with_a_day_of_a_submission_that_never_was(here: Province) -> Asked:
    return Asked(here.ward, Amend(here.an_issued(), WHY, submitted_on=here.today))


@refuses(Amend, "date_in_future")
def with_a_day_of_submission_that_has_not_come(here: Province) -> Asked:
    tomorrow = here.today + timedelta(days=1)
    command = Amend(here.a_submitted(), WHY, submitted_on=tomorrow)
    return Asked(here.ward, command, {"on": tomorrow, "today": here.today})


@refuses(Amend, "before_last_step")
def with_a_day_of_submission_before_the_paper_was_issued(here: Province) -> Asked:
    before = here.today - timedelta(days=1)
    command = Amend(here.a_submitted(), WHY, submitted_on=before)
    return Asked(here.ward, command, {"on": before, "last_step": here.today})


@refuses(Amend, "duplicate_paper")
def with_the_number_of_another_paper(here: Province) -> Asked:
    paper = here.a_paper(here.number_of(here.an_issued()))
    data = {"number": paper.number, "year": "2013"}
    return Asked(here.office, Amend(here.an_issued(), WHY, paper=paper), data)


# --- after a move


@refuses(Transfer, "only_for_a_move")
def of_one_who_did_not_move(here: Province) -> Asked:
    command = Transfer(here.an_ended(), "r-2", here.a_paper())
    return Asked(here.office, command, {"reason": "duty_over"})


@refuses(Transfer, "already_transferred")
def of_one_who_was_transferred(here: Province) -> Asked:
    referral = moved(here)
    done = here.office.execute(Transfer(referral, "r-2", here.a_paper()))
    command = Transfer(referral, "r-1", here.a_paper())
    data = {"onward": done.value.links.onward}
    return Asked(here.office, command, data)


# The new paper is judged as any other is; what refuses it refuses the transfer whole.


@refuses(IssueOnward, "unknown_member")
def of_a_member_whom_the_register_has_lost(_: Province) -> Asked:
    return _transfer_of(None)


@refuses(IssueOnward, "not_own_member")
def of_a_member_who_changed_the_workplace(_: Province) -> Asked:
    return _transfer_of(Member("m-1", "w-2"))


def _transfer_of(later: Member | None) -> Asked:
    register = OurRegister(Member("m-1", "w-1"))
    there = Province(directory=register)
    referral = moved(there)
    register.people = {} if later is None else {"m-1": later}
    command = Transfer(referral, "r-1", there.a_paper())
    return Asked(there.office, command, {"member": "m-1"}, where=there)


@refuses(IssueOnward, "not_to_be_introduced")
def of_a_member_who_was_marked(here: Province) -> Asked:
    referral = moved(here)
    here.office.execute(MarkNotIntroduced("m-1"))
    return Asked(here.office, Transfer(referral, "r-2", here.a_paper()), {"member": "m-1"})


@refuses(IssueOnward, "open_referral_exists")
def of_a_member_who_was_introduced_again(here: Province) -> Asked:
    referral = moved(here)
    data = {"member": "m-1", "referral": here.an_issued("m-1")}
    return Asked(here.office, Transfer(referral, "r-2", here.a_paper()), data)


@refuses(HandOver, "not_own_member")
def a_member_of_another_workplace(here: Province) -> Asked:
    return Asked(here.other_office, HandOver(here.an_active()))


@refuses(HandOver, "same_workplace")
def what_one_has_already(here: Province) -> Asked:
    return Asked(here.office, HandOver(here.an_active()))


@refuses(IssueOnward, "unknown_committee")
def onward_to_a_committee_that_nobody_knows(here: Province) -> Asked:
    command = Transfer(moved(here), "r-9", here.a_paper())
    return Asked(here.office, command, {"committee": "r-9"})


@refuses(IssueOnward, "not_a_residence_committee")
def onward_to_a_workplace(here: Province) -> Asked:
    command = Transfer(moved(here), "w-2", here.a_paper())
    return Asked(here.office, command, {"committee": "w-2"})


@refuses(IssueOnward, "duplicate_paper")
def onward_under_the_number_of_the_first_paper(here: Province) -> Asked:
    referral = moved(here)
    paper = here.a_paper(here.number_of(referral))
    data = {"number": paper.number, "year": "2013"}
    return Asked(here.office, Transfer(referral, "r-2", paper), data)
