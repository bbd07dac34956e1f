"""Every reason for which a command to a referral is refused, one entry for each."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from referral_flow import Member
from referral_flow.commands import (
    Activate,
    Assign,
    Classify,
    CloseGroup,
    End,
    Evaluate,
    GroupKind,
    Issue,
    MarkNotIntroduced,
    OpenCycle,
    Reissue,
    Reopen,
    Resume,
    ReturnPaper,
    Submit,
    Suspend,
    Void,
)
from tests.support.cases import Asked, Cases
from tests.support.province import CRITERIA, IN_THE_WINDOW, NEW_YEAR, WHY, Province
from tests.support.registers import OurRegister

REFUSALS = Cases()
refuses = REFUSALS.refuses

NO_UUID, NO_STREAM = "g-1", "01890a5d-ac96-774b-bcce-b302099a8057"
RATINGS = ("good", "fair", "weak")
CLASSES = ("excellent", "good", "completed", "not_completed")
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
    here.an_issued("m-1")
    return Asked(here.office, Issue("m-1", "r-2", here.a_paper()), {"member": "m-1"})


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


@refuses(Activate, "no_participation_yet")
def who_was_at_no_meeting(here: Province) -> Asked:
    return Asked(here.ward, Activate(here.an_assigned()), {"called": 0})


@refuses(Activate, "no_participation_yet")
def who_was_called_and_stayed_away(here: Province) -> Asked:
    referral = here.an_assigned()
    here.hold(here.group_of(referral))
    return Asked(here.ward, Activate(referral), {"called": 1})


# --- year end


def _comment(referral: str, rating: str = "weak", **levels: str) -> Evaluate:
    return Evaluate(referral, rating, {**CRITERIA, **levels}, "Nhận xét.")


@refuses(Evaluate, "outside_window")
def the_day_before_the_window(here: Province) -> Asked:
    referral = here.an_active()
    here.clock.go_to(IN_THE_WINDOW.replace(month=10, day=31))
    return _outside(here, referral)


@refuses(Evaluate, "outside_window")
def the_day_after_the_window(here: Province) -> Asked:
    referral = here.an_active()
    here.clock.go_to(IN_THE_WINDOW.replace(month=12, day=16))
    return _outside(here, referral)


def _outside(here: Province, referral: str) -> Asked:
    first, last = IN_THE_WINDOW.replace(day=1), IN_THE_WINDOW.replace(month=12, day=15)
    data = {"on": here.today, "first": first, "last": last}
    return Asked(here.ward, _comment(referral), data)


@refuses(Evaluate, "already_evaluated")
def for_a_cycle_that_has_its_comment(here: Province) -> Asked:
    referral = here.an_evaluated()
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    command = evolve(_comment(referral), on=NEW_YEAR - timedelta(days=20))
    return Asked(here.ward, command, {"cycle": "2013"}, also=("before_last_step",))


@refuses(Evaluate, "unknown_rating")
def with_a_rating_that_is_none(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    return Asked(here.ward, _comment(referral, "best"), {"rating": "best", "known": RATINGS})


@refuses(Evaluate, "missing_criterion")
def without_two_of_the_criteria(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    some = {name: CRITERIA[name] for name in ("attendance", "duties", "household")}
    command = Evaluate(referral, "weak", some, "Nhận xét.")
    missing = ("contributions", "trust")
    return Asked(here.ward, command, {"levels": ("good", "fair", "low")}, missing)


@refuses(Evaluate, "missing_criterion")
def with_a_level_that_is_none(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    command = _comment(referral, trust="high")
    return Asked(here.ward, command, {"levels": ("good", "fair", "low")}, ("trust",))


@refuses(Evaluate, "unsupported_rating")
def of_one_who_never_took_part(here: Province) -> Asked:
    referral = here.an_assigned()
    here.go_to_the_window()
    missing = ("attendance", "contributions_or_duties")
    return Asked(here.ward, _comment(referral, "good"), {"rating": "good"}, missing)


@refuses(Evaluate, "unsupported_rating")
def of_one_who_only_attends(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    missing = ("contributions_or_duties",)
    return Asked(here.ward, _comment(referral, "good"), {"rating": "good"}, missing)


@refuses(Evaluate, "unsupported_rating")
def of_one_whom_the_residents_do_not_trust(here: Province) -> Asked:
    referral = here.an_active()
    member, group = here.member_of(referral), here.group_of(referral)
    here.contribute(group, here.hold(group, present=(member,)), member)
    here.go_to_the_window()
    command = _comment(referral, "good", trust="low", household="low", duties="low")
    return Asked(here.ward, command, {"rating": "good"}, ("trust", "household"))


@refuses(Classify, "unknown_class")
def with_a_class_that_is_none(here: Province) -> Asked:
    command = Classify(here.an_evaluated(), "best")
    return Asked(here.office, command, {"class": "best", "known": CLASSES})


@refuses(Classify, "residence_not_consulted")
def before_the_comment(here: Province) -> Asked:
    command = Classify(here.an_active(), "good")
    return Asked(here.office, command, {"cycle": "2013"})


@refuses(Classify, "residence_not_consulted")
def after_the_comment_was_taken_back(here: Province) -> Asked:
    referral = here.an_evaluated()
    here.ward.execute(Reopen(referral, WHY))
    return Asked(here.office, Classify(referral, "good"), {"cycle": "2013"})


@refuses(Classify, "residence_not_consulted")
def for_a_year_before_the_comment(here: Province) -> Asked:
    command = Classify(here.an_evaluated(), "good", cycle=2012)
    return Asked(here.office, command, {"cycle": "2012"})


@refuses(Classify, "already_classified")
def a_second_time(here: Province) -> Asked:
    referral = here.an_evaluated()
    here.classify(referral)
    return Asked(here.office, Classify(referral, "completed"), {"cycle": "2013"})


@refuses(Reopen, "reason_required")
def without_saying_why_it_is_taken_back(here: Province) -> Asked:
    return Asked(here.ward, Reopen(here.an_evaluated(), ""), missing=("reason",))


@refuses(OpenCycle, "cycle_not_over")
def on_the_last_day_of_the_year(here: Province) -> Asked:
    referral = here.an_evaluated()
    last = NEW_YEAR - timedelta(days=1)
    here.clock.go_to(last)
    return Asked(here.superior, OpenCycle(referral), {"last": last})


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
