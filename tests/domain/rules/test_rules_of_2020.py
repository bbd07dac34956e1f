"""Under the rules of 2020, beside referrals that go on under those of 1999 (S9, S43, S46-S48)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from referral_flow.commands import (
    AnswerRecommendation,
    AnswerRequest,
    Assign,
    Classify,
    CorrectEvaluation,
    Countersign,
    Evaluate,
    Exempt,
    Exemption,
    GroupKind,
    LiftExemption,
    Reassign,
    Reopen,
)
from referral_flow.domain.rules import packaged
from tests.support.looking import codes, findings, names, refused
from tests.support.province import CRITERIA, NEW_YEAR, WHY, Province

OF_1999, OF_2020 = "directive-22-1999", "regulation-213-2020"
RULES = packaged(OF_2020)
ALL_GOOD = dict.fromkeys(RULES.evaluation.criteria, "good")
THE_FRONT = "Ban công tác Mặt trận nhất trí."


@pytest.fixture
def here(anywhere: Province) -> Province:
    """Give the province over each store, under the rules of 2020."""
    return under(OF_2020, anywhere)


def under(rule_set: str, before: Province) -> Province:
    """Give the same province, where what begins from now on does so under other rules."""
    return Province(before.store, clock=before.clock, rule_set=rule_set)


def comment(referral: str, levels: Mapping[str, str] = ALL_GOOD, **more: Any) -> Evaluate:
    return Evaluate(referral, None, levels, "Nhận xét.", **{"front": THE_FRONT, **more})


def commented(
    here: Province, levels: Mapping[str, str] = ALL_GOOD, recommendation: str | None = None
) -> str:
    """Give a referral of 2020 with a comment."""
    referral = here.an_assigned()
    here.go_to_the_window()
    here.ward.execute(comment(referral, levels, recommendation=recommendation))
    return referral


def with_a(level: str) -> dict[str, str]:
    return {**ALL_GOOD, "meetings": level}


# --- each referral is judged by its own rules


def test_a_referral_of_1999_goes_on_under_1999_beside_one_of_2020(anywhere: Province) -> None:
    old = anywhere.an_active("m-1")
    here = under(OF_2020, anywhere)
    new = here.an_assigned("m-2")
    assert [here.office.get(id).rule_set for id in (old, new)] == [OF_1999, OF_2020]
    here.go_to_the_window()

    # To that of 1999 a rating and its own criteria are given, and no Front is asked.
    assert codes(refused(here, here.ward, comment(old))) == (
        "unknown_rating",
        "missing_criterion",
        "unknown_criterion",
    )
    here.evaluate(old, "fair")
    assert codes(refused(here, here.superior, Countersign(old))) == ("not_in_rule_set",)

    # To that of 2020 they are not.
    given = Evaluate(new, "fair", CRITERIA, "Nhận xét.")
    assert set(codes(refused(here, here.ward, given))) == {
        "rating_is_derived",
        "missing_criterion",
        "unknown_criterion",
        "front_not_consulted",
    }
    here.ward.execute(comment(new))
    here.superior.execute(Countersign(new))
    assert [here.office.get(id).rating for id in (old, new)] == ["fair", "good"]


def test_a_flow_that_begins_under_1999_judges_one_of_2020_by_2020(here: Province) -> None:
    new = here.an_assigned()
    back = under(OF_1999, here)
    back.go_to_the_window()
    assert back.ward.execute(comment(new)).value.rating == "good"
    assert back.superior.execute(Countersign(new)).value.year_end.countersigned


def test_an_exemption_is_known_to_2020_only(anywhere: Province) -> None:
    old = anywhere.a_submitted("m-1")
    here = under(OF_2020, anywhere)
    new = here.a_submitted("m-2")
    until = here.today + timedelta(days=200)
    wanted = [Exempt(id, "barracks", until) for id in (old, new)]
    assert codes(refused(here, here.office, wanted[0])) == ("not_in_rule_set",)
    assert here.office.execute(wanted[1]).value.state == "exempt"


def test_under_2000_everything_is_as_under_1999(anywhere: Province) -> None:
    here = under("regulation-76-2000", anywhere)
    referral = here.an_active()
    assert here.office.get(referral).rule_set == "regulation-76-2000"
    cell = here.a_group(kind=GroupKind.CELL)
    assert codes(refused(here, here.ward, Reassign(referral, cell))) == ("merged_into_cell",)
    here.evaluate(referral, "good", reason=WHY)
    assert codes(refused(here, here.superior, Countersign(referral))) == ("not_in_rule_set",)
    assert here.operator.figures().counts["acts_well"] == 1


# --- the residential cell


def test_the_cell_is_refused_under_1999(anywhere: Province) -> None:
    here = anywhere
    referral, cell = here.a_submitted(), here.a_group(kind=GroupKind.CELL)
    assert codes(refused(here, here.ward, Assign(referral, cell))) == ("merged_into_cell",)


def test_with_the_cell_one_only_attends_and_membership_never_moves(here: Province) -> None:
    referral, cell = here.a_submitted(), here.a_group(kind=GroupKind.CELL)
    member = here.member_of(referral)
    here.ward.execute(Assign(referral, cell))
    here.hold(cell, present=(member,))
    found = here.office.get(referral)
    assert (found.state, found.group, found.taking_part.present) == ("active", cell, 1)
    # It is still the workplace that manages the member, and that classifies them.
    assert (found.workplace, found.residence) == ("w-1", "r-1")
    assert here.flow.directory.members((member,), here.today)[member].workplace == "w-1"
    here.go_to_the_window()
    here.ward.execute(comment(referral))
    here.office.execute(Classify(referral, "excellent"))


def test_the_cell_is_as_small_as_any_group(here: Province) -> None:
    cell = here.a_group(kind=GroupKind.CELL)
    for _ in range(RULES.group.limit):
        here.ward.execute(Assign(here.a_submitted(), cell))
    assert codes(refused(here, here.ward, Assign(here.a_submitted(), cell))) == ("group_full",)


# --- a comment, end to end


def test_a_comment_from_the_front_to_the_class(here: Province) -> None:
    referral = here.an_assigned()
    here.go_to_the_window()

    alone = comment(referral, front=None)
    assert codes(refused(here, here.ward, alone)) == ("front_not_consulted",)
    here.ward.execute(comment(referral, recommendation="commend"))
    found = here.office.get(referral)
    assert (found.state, found.rating) == ("evaluated", "good")
    assert not found.year_end.reasoned
    entry = here.office.history(referral)[-1]
    assert entry.words == {"comment": "Nhận xét.", "front": THE_FRONT}
    assert "countersign_missing" in findings(here.superior)

    here.superior.execute(Countersign(referral))
    assert codes(refused(here, here.superior, Countersign(referral))) == ("already_countersigned",)
    assert "countersign_missing" not in findings(here.superior)
    here.office.execute(Classify(referral, "excellent"))
    here.office.execute(AnswerRecommendation(referral, "Đã biểu dương."))
    assert names(here.office, referral)[-4:] == [
        "evaluated",
        "countersigned",
        "classified",
        "recommendation_answered",
    ]


def test_only_the_committee_above_signs(here: Province) -> None:
    referral = commented(here)
    for desk in (here.ward, here.office):
        assert codes(refused(here, desk, Countersign(referral))) == ("not_permitted",)


def test_nobody_gives_an_overall_grade(here: Province) -> None:
    referral = here.an_assigned()
    here.go_to_the_window()
    for rating in (*RULES.evaluation.ratings, "fair", ""):
        given = Evaluate(referral, rating, ALL_GOOD, "Nhận xét.", front=THE_FRONT)
        assert codes(refused(here, here.ward, given)) == ("rating_is_derived",)


@pytest.mark.parametrize("criterion", RULES.evaluation.criteria)
def test_each_of_the_five_criteria_is_judged(criterion: str, here: Province) -> None:
    referral = here.an_assigned()
    here.go_to_the_window()
    levels = {name: level for name, level in ALL_GOOD.items() if name != criterion}
    (refusal,) = refused(here, here.ward, comment(referral, levels))
    assert (refusal.code, refusal.missing) == ("missing_criterion", (criterion,))
    here.ward.execute(comment(referral, {**levels, criterion: "low"}))
    assert here.office.get(referral).rating == "not_good"


@pytest.mark.parametrize(
    ("level", "recommendation", "rating"),
    [
        ("good", None, "good"),
        ("good", "nothing", "good"),
        ("fair", "commend", "good"),
        ("good", "consider_handling", "not_good"),
        ("low", "commend", "not_good"),
        ("low", "consider_handling", "not_good"),
    ],
)
def test_who_acts_well_is_derived(
    level: str, recommendation: str | None, rating: str, here: Province
) -> None:
    referral = commented(here, with_a(level), recommendation)
    assert here.office.get(referral).rating == rating
    acts_well = here.operator.figures().counts["acts_well"]
    assert acts_well == (1 if rating == "good" else 0)


def test_a_correction_derives_anew_and_keeps_the_recommendation(here: Province) -> None:
    referral = commented(here, with_a("low"))
    right = CorrectEvaluation(referral, None, ALL_GOOD, "Nhận xét.", "Ghi nhầm mức.")
    assert here.ward.execute(right).value.rating == "good"
    spoilt = commented(here, with_a("low"), "consider_handling")
    right = CorrectEvaluation(spoilt, None, ALL_GOOD, "Nhận xét.", "Ghi nhầm mức.")
    assert here.ward.execute(right).value.rating == "not_good"


def test_a_comment_given_again_is_signed_again(here: Province) -> None:
    referral = commented(here)
    here.superior.execute(Countersign(referral))
    here.ward.execute(Reopen(referral, WHY))
    here.ward.execute(comment(referral, with_a("low")))
    assert not here.office.get(referral).year_end.countersigned
    assert here.superior.execute(Countersign(referral)).value.rating == "not_good"


@pytest.mark.parametrize("classification", RULES.classification.classes)
def test_good_at_work_needs_good_at_home(classification: str, here: Province) -> None:
    well, badly = commented(here), commented(here, with_a("low"))
    here.classify(well, classification)
    if classification in ("excellent", "good"):
        found = refused(here, here.office, Classify(badly, classification))
        assert codes(found) == ("conflicting_evaluation",)
    else:
        here.classify(badly, classification)


# --- the figure over both


def test_who_acts_well_is_counted_over_both_rule_sets(anywhere: Province) -> None:
    old = [anywhere.an_active(f"m-{n}") for n in (1, 2)]
    here = under(OF_2020, anywhere)
    new = [here.an_assigned(f"m-{n}") for n in (3, 4, 5)]
    here.go_to_the_window()
    here.evaluate(old[0], "good", reason=WHY)
    here.evaluate(old[1], "fair", reason=WHY)
    here.ward.execute(comment(new[0]))
    here.ward.execute(comment(new[1], with_a("fair")))
    here.ward.execute(comment(new[2], with_a("low")))
    for flow in (here, under(OF_1999, here)):
        counts = flow.operator.figures().counts
        assert (counts["referred"], counts["acts_well"], counts["rated_fair"]) == (5, 3, 1)
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    assert here.operator.figures().counts["acts_well"] == 0
    assert here.operator.figures(on=date(2013, 12, 31)).counts["acts_well"] == 3


# --- exempt from meetings


@pytest.mark.parametrize("ground", RULES.exemption.grounds)
def test_an_exemption_is_written_on_the_paper(ground: str, here: Province) -> None:
    until = here.today + timedelta(days=90)
    referral = here.an_issued(exemption=Exemption(ground, until))
    assert here.office.get(referral).state == "issued"
    assert here.office.get(here.submitted(referral)).state == "exempt"
    # There is no comment at year end, only one on request.
    here.ward.execute(AnswerRequest(referral, "Bổ nhiệm", "Nhận xét."))
    here.clock.go_to(until + timedelta(days=1))
    here.flow.tick()
    assert here.office.get(referral).state == "submitted"


def test_an_exemption_needs_one_of_the_grounds_and_a_day(here: Province) -> None:
    referral = here.a_submitted()
    until = here.today + timedelta(days=90)
    (refusal,) = refused(here, here.office, Exempt(referral, "age", until))
    assert (refusal.code, refusal.data["known"]) == ("unknown_ground", RULES.exemption.grounds)
    endless = Exempt(referral, "full_time_study", None)
    assert codes(refused(here, here.office, endless)) == ("expiry_required",)
    here.office.execute(Exempt(referral, "full_time_study", until))
    here.go_to_the_window()
    assert codes(refused(here, here.ward, comment(referral))) == ("not_allowed_in_state",)
    here.office.execute(LiftExemption(referral))
    here.ward.execute(comment(referral))
