"""Excellent at work and weak at home is a conflict, opened, seen by both, and settled (S35)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral_flow import CommitteeKind, Role
from referral_flow.commands import (
    AddCommittee,
    AddMember,
    Classify,
    CorrectEvaluation,
    End,
    Evaluate,
    Issue,
    Reconcile,
    Reopen,
    Submit,
)
from referral_flow.domain.referral.state import Conflict
from tests.domain.referral.ways import a_district
from tests.support.looking import codes, findings, names, refused, timers
from tests.support.province import CRITERIA, IN_THE_WINDOW, NEW_YEAR, WHY, Province, Sent, morning

LAST_DAY = IN_THE_WINDOW + timedelta(days=15)
TOO_LATE = LAST_DAY + timedelta(days=1)
TIMER = "conflict_waits"


def a_conflict(here: Province) -> str:
    """Give a conflict of which both have heard."""
    referral = here.a_conflict(here.an_evaluated())
    here.deliver()
    return referral


def the_class(here: Province, referral: str) -> str | None:
    found = here.superior.get(referral).year_end.classification
    return None if found is None else str(found)


def settle(referral: str, classification: str = "completed") -> Reconcile:
    return Reconcile(referral, classification, WHY)


# --- opened by a proposal


def test_a_class_that_the_comment_does_not_bear_may_be_proposed(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_evaluated()
    here.deliver()
    proposed = here.office.execute(Classify(referral, "excellent", propose=True)).value
    assert (proposed.state, proposed.year_end.classification) == ("evaluated", None)
    assert proposed.year_end.conflict == Conflict("excellent", here.today)
    assert timers(here, referral)[TIMER] == morning(TOO_LATE, hour=0)
    assert here.deliver() == (Sent("conflict_opened", "committee:r-1"),)
    for desk in (here.office, here.ward):
        assert "conflict" in findings(desk)
    assert "conflict_overdue" not in findings(here.superior)


def test_a_class_that_the_comment_bears_is_given_at_once_whether_proposed_or_not(
    here: Province,
) -> None:
    referral = here.an_evaluated()
    given = here.office.execute(Classify(referral, "completed", propose=True)).value
    assert (given.year_end.classification, given.year_end.conflict) == ("completed", None)


@pytest.mark.parametrize(
    ("rating", "bears"),
    [
        ("good", {"excellent", "good", "completed", "not_completed"}),
        ("fair", {"good", "completed", "not_completed"}),
        ("weak", {"completed", "not_completed"}),
    ],
)
def test_excellent_needs_good_and_good_needs_fair(
    rating: str, bears: set[str], here: Province
) -> None:
    referral = here.an_active()
    here.evaluate(referral, rating, reason=WHY)
    allowed = {
        name
        for name in ("excellent", "good", "completed", "not_completed")
        if here.office.explain(Classify(referral, name)).allowed
    }
    assert allowed == bears


def test_another_proposal_gives_the_two_no_more_time(here: Province) -> None:
    referral = a_conflict(here)
    due = timers(here, referral)[TIMER]
    here.clock.pass_days(10)
    here.ward.execute(settle(referral))
    again = here.office.execute(Classify(referral, "good", propose=True)).value
    assert again.year_end.conflict == Conflict("good", IN_THE_WINDOW)
    assert timers(here, referral)[TIMER] == due


# --- settled by both


@pytest.mark.parametrize("first", ["workplace", "residence"])
def test_both_agree_one_after_the_other(first: str, anywhere: Province) -> None:
    here = anywhere
    referral = a_conflict(here)
    desks = [here.office, here.ward]
    offers, agrees = desks if first == "workplace" else reversed(desks)
    offered = offers.execute(settle(referral)).value
    assert offered.year_end.classification is None
    assert here.deliver() == (Sent("reconcile_offered", f"committee:{agrees.actor.committee}"),)
    assert codes(refused(here, offers, settle(referral, "not_completed"))) == ("same_party_twice",)
    settled = agrees.execute(settle(referral)).value
    assert (settled.year_end.classification, settled.year_end.conflict) == ("completed", None)
    assert TIMER not in timers(here, referral)
    assert set(here.deliver()) == {
        Sent("class_given", "committee:w-1"),
        Sent("class_given", "committee:r-1"),
        Sent("class_given", "member:m-1"),
    }
    assert here.office.history(referral)[-1].words == {"reason": WHY}
    for desk in (here.office, here.ward, here.superior):
        assert not {"conflict", "conflict_overdue", "awaiting_class"} & findings(desk)


def test_the_other_side_may_name_another_class_and_wait_for_the_first(here: Province) -> None:
    referral = a_conflict(here)
    here.office.execute(settle(referral, "good"))
    here.ward.execute(settle(referral, "not_completed"))
    assert the_class(here, referral) is None
    here.office.execute(settle(referral, "not_completed"))
    assert the_class(here, referral) == "not_completed"


def test_both_together_may_settle_for_what_was_proposed(here: Province) -> None:
    referral = a_conflict(here)
    here.office.execute(settle(referral, "excellent"))
    here.ward.execute(settle(referral, "excellent"))
    assert the_class(here, referral) == "excellent"


def test_a_conflict_is_settled_in_the_next_cycle_for_the_one_it_was_opened_in(
    here: Province,
) -> None:
    referral = a_conflict(here)
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    here.ward.execute(settle(referral))
    settled = here.office.execute(settle(referral)).value
    assert settled.state == "active"
    assert (settled.year_end.cycle, settled.year_end.classification) == (2013, "completed")
    assert here.office.history(referral)[-1].event.cycle == 2013


# --- closed in other ways


def test_another_class_closes_it(anywhere: Province) -> None:
    here = anywhere
    referral = a_conflict(here)
    here.ward.execute(settle(referral))
    here.classify(referral, "completed")
    assert here.office.get(referral).year_end.conflict is None
    assert TIMER not in timers(here, referral)
    kinds = {sent.kind for sent in here.deliver()}
    assert kinds == {"class_given"}


def test_a_corrected_comment_bears_the_class_that_was_proposed(here: Province) -> None:
    referral = a_conflict(here)
    here.ward.execute(CorrectEvaluation(referral, "good", CRITERIA, "Tốt.", WHY, reason=WHY))
    assert "conflict" in findings(here.office)
    here.classify(referral, "excellent")
    assert the_class(here, referral) == "excellent"
    assert "conflict" not in findings(here.office)


def test_a_comment_taken_back_takes_the_conflict_with_it(here: Province) -> None:
    referral = here.an_evaluated()
    here.deliver()
    here.a_conflict(referral)
    reopened = here.ward.execute(Reopen(referral, WHY)).value
    assert reopened.year_end.conflict is None
    assert timers(here, referral) == {}
    assert {sent.kind for sent in here.deliver()} == {"comment_taken_back"}


def test_an_end_takes_the_conflict_out_of_everybodys_hands(here: Province) -> None:
    referral = a_conflict(here)
    here.office.execute(End(referral, "died"))
    assert timers(here, referral) == {}
    here.clock.pass_days(60)
    assert here.flow.tick().fired == 0
    assert codes(refused(here, here.ward, settle(referral))) == ("not_allowed_in_state",)


# --- settled by the superior


def test_the_common_superior_is_told_when_the_two_have_had_their_time(anywhere: Province) -> None:
    here = anywhere
    referral = a_conflict(here)
    here.clock.go_to(LAST_DAY, hour=23)
    assert here.flow.tick().fired == 0
    assert "conflict_overdue" not in findings(here.superior)
    here.clock.go_to(TOO_LATE, hour=1)
    here.flow.tick()
    assert here.deliver() == (Sent("conflict_waits", "committee:p"),)
    assert "conflict_overdue" in findings(here.superior)
    assert names(here.office, referral)[-1] == "conflict_told"


def test_the_common_superior_settles_after_fifteen_days_and_not_before(
    anywhere: Province,
) -> None:
    here = anywhere
    referral = a_conflict(here)
    here.clock.go_to(LAST_DAY, hour=23)
    (refusal,) = refused(here, here.superior, settle(referral))
    assert (refusal.code, refusal.data) == ("still_for_the_two", {"until": LAST_DAY})
    here.clock.go_to(TOO_LATE, hour=0)
    settled = here.superior.execute(settle(referral, "good")).value
    assert settled.year_end.classification == "good"
    assert here.office.history(referral)[-1].event.by == "superior"
    assert TIMER not in timers(here, referral)


def test_the_two_may_still_settle_when_their_time_is_over(here: Province) -> None:
    referral = a_conflict(here)
    here.a_day_passes(20)
    here.ward.execute(settle(referral))
    here.office.execute(settle(referral))
    assert the_class(here, referral) == "completed"


@pytest.mark.parametrize("side", ["workplace", "residence"])
def test_a_superior_of_one_side_only_neither_hears_nor_settles(side: str, here: Province) -> None:
    conflict = a_district(here, side)
    here.deliver()
    here.clock.go_to(TOO_LATE)
    here.flow.tick()
    assert here.deliver() == (Sent("conflict_waits", "committee:p"),)
    refusals = refused(here, conflict.district, settle(conflict.referral))
    assert codes(refusals) == ("not_common_superior",)
    assert here.superior.execute(settle(conflict.referral)).value.year_end.conflict is None


def a_conflict_between(here: Province, workplace: str | None, residence: str | None) -> str:
    """Open a conflict between a new workplace and a new residence, below these superiors."""
    here.operator.execute(AddCommittee("d-1", CommitteeKind.SUPERIOR, "Huyện", "p"))
    here.operator.execute(AddCommittee("w-9", CommitteeKind.WORKPLACE, "Sở", workplace))
    here.operator.execute(AddCommittee("r-9", CommitteeKind.RESIDENCE, "Phường", residence))
    here.operator.execute(AddMember("q-1", "w-9", "Một người"))
    office, ward = here.desk(Role.WORKPLACE, "w-9"), here.desk(Role.RESIDENCE, "r-9")
    paper = here.a_paper()
    referral = office.execute(Issue("q-1", "r-9", paper)).stream
    ward.execute(Submit(referral, paper.number))
    here.go_to_the_window()
    ward.execute(Evaluate(referral, "weak", CRITERIA, "Nhận xét."))
    office.execute(Classify(referral, "good", propose=True))
    here.deliver()
    return referral


def test_of_two_common_superiors_the_nearest_is_told_and_settles(here: Province) -> None:
    referral = a_conflict_between(here, "d-1", "d-1")
    assert here.a_day_passes(16) == (Sent("conflict_waits", "committee:d-1"),)
    settled = here.desk(Role.SUPERIOR, "d-1").execute(settle(referral)).value
    assert settled.year_end.classification == "completed"


def test_a_conflict_below_nobody_in_common_is_told_to_nobody(here: Province) -> None:
    referral = a_conflict_between(here, None, "d-1")
    assert here.a_day_passes(16) == ()
    office = here.desk(Role.WORKPLACE, "w-9")
    assert office.history(referral)[-1].event.to is None
    for superior in (here.superior, here.desk(Role.SUPERIOR, "d-1")):
        assert codes(refused(here, superior, settle(referral))) == ("not_common_superior",)
