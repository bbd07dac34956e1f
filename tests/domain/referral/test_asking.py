"""A comment is asked for, signed, recommends, is looked at by the member, and answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from referral_flow import Refused
from referral_flow.commands import (
    AnswerRecommendation,
    AnswerUnknown,
    AnswerView,
    Classify,
    CorrectEvaluation,
    Countersign,
    Evaluate,
    RequestComment,
    StateView,
    Submit,
    ViewTo,
)
from tests.support.looking import codes, findings, names, refused, timers
from tests.support.province import CRITERIA, NEW_YEAR, WHY, Province, Sent
from tests.support.rule_sets import DERIVING, OURS

DUE = date(2013, 4, 1)


def asked(here: Province, referral: str, occasion: str = "year_end") -> str:
    due = here.today + timedelta(days=14)
    here.office.execute(RequestComment(referral, occasion, due))
    return referral


# --- the receipt (S45)


def test_the_receipt_is_seen_by_the_workplace_and_by_nobody_else(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    command = Submit(
        referral,
        here.number_of(referral),
        brought_by="m-1",
        passed_to="Ban Tổ chức",
        signed_by="Thường trực",
    )
    here.ward.execute(command)
    entry = here.office.history(referral)[-1]
    assert entry.words == {
        "brought_by": "m-1",
        "passed_to": "Ban Tổ chức",
        "signed_by": "Thường trực",
    }
    assert entry.on == here.office.get(referral).timeline.submitted_on == here.today
    for stranger in (here.other_office, here.other_ward):
        with pytest.raises(Refused) as caught:
            stranger.history(referral)
        assert caught.value.codes == ("not_found",)


def test_a_receipt_says_what_is_known(here: Province) -> None:
    referral = here.an_issued()
    here.ward.execute(Submit(referral, here.number_of(referral), signed_by="Thường trực"))
    assert here.office.history(referral)[-1].words == {"signed_by": "Thường trực"}
    assert here.office.history(here.a_submitted())[-1].words == {}


# --- asking, and "not known here" (S46)


def test_a_comment_is_asked_for_by_a_day(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_active()
    here.deliver()
    here.office.execute(RequestComment(referral, "appointment", DUE))
    assert here.deliver() == (Sent("comment_requested", "committee:r-1"),)
    here.clock.go_to(DUE + timedelta(days=2))
    (item,) = [i for i in here.ward.worklist() if i.finding == "comment_requested"]
    assert (item.since, item.data["occasion"], item.data["days"]) == (DUE, "appointment", 2)
    assert "comment_requested" not in findings(here.office)


def test_a_comment_that_comes_answers_the_request_and_takes_its_message_back(
    here: Province,
) -> None:
    referral = here.an_active()
    here.go_to_the_window()
    here.deliver()
    asked(here, referral)
    here.evaluate(referral)
    assert here.office.get(referral).request is None
    assert "comment_requested" not in {sent.kind for sent in here.deliver()}
    assert "comment_requested" not in findings(here.ward)


def test_not_known_here_counts_as_consulted(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    here.deliver()
    asked(here, referral)
    command = Classify(referral, "completed")
    assert codes(refused(here, here.office, command)) == ("residence_not_consulted",)
    here.ward.execute(AnswerUnknown(referral))
    assert here.deliver() == (Sent("not_known_here", "committee:w-1"),)
    assert "comment_requested" not in findings(here.ward)
    found = here.office.execute(command).value
    assert (found.state, found.year_end.classification) == ("issued", "completed")
    assert found.year_end.rating is None


def test_not_known_here_is_an_answer_for_its_cycle_only(here: Province) -> None:
    referral = asked(here, here.an_issued())
    here.ward.execute(AnswerUnknown(referral))
    for cycle in (2012, 2014):
        command = Classify(referral, "completed", cycle=cycle)
        assert codes(refused(here, here.office, command)) == ("residence_not_consulted",)


def test_a_request_of_last_year_may_still_be_answered(here: Province) -> None:
    here.clock.go_to(NEW_YEAR - timedelta(days=5))
    referral = asked(here, here.an_issued())
    here.clock.go_to(NEW_YEAR + timedelta(days=5))
    here.ward.execute(AnswerUnknown(referral))
    assert here.office.execute(Classify(referral, "completed", cycle=2013)).version > 0


def test_a_weak_comment_of_last_year_is_no_conflict_for_one_who_is_not_known_now(
    here: Province,
) -> None:
    referral = here.commented_last_year("issued")
    asked(here, referral)
    here.ward.execute(AnswerUnknown(referral))
    found = here.office.execute(Classify(referral, "good", cycle=2014)).value
    assert (found.year_end.cycle, found.year_end.classification) == (2014, "good")


def test_a_new_request_wants_a_new_answer(here: Province) -> None:
    referral = asked(here, here.an_issued())
    here.ward.execute(AnswerUnknown(referral))
    asked(here, referral, "discipline")
    assert "comment_requested" in findings(here.ward)
    here.ward.execute(AnswerUnknown(referral))
    assert "comment_requested" not in findings(here.ward)


# --- the Front and the signature (S47)


def test_the_committee_above_the_residence_signs(anywhere: Province) -> None:
    here = anywhere
    referral = here.in_state("evaluated", rule_set=OURS)
    assert "countersign_missing" in findings(here.superior)
    here.clock.pass_days(1)
    signed = here.superior.execute(Countersign(referral)).value
    assert signed.year_end.countersigned
    entry = here.office.history(referral)[-1]
    assert (entry.event.by, entry.on, entry.actor.person) == ("p", here.today, "u-1")
    assert "countersign_missing" not in findings(here.superior)


def test_a_corrected_comment_is_to_be_signed_again(here: Province) -> None:
    referral = here.in_state("evaluated", rule_set=OURS)
    here.superior.execute(Countersign(referral))
    here.ward.execute(CorrectEvaluation(referral, "weak", CRITERIA, "Khác.", WHY))
    assert not here.office.get(referral).year_end.countersigned
    assert here.superior.execute(Countersign(referral)).value.year_end.countersigned


def test_nobody_signs_under_the_rules_of_1999(here: Province) -> None:
    here.an_evaluated()
    assert "countersign_missing" not in findings(here.superior)


def test_what_the_front_said_lies_beside_the_comment(here: Province) -> None:
    referral = here.a_submitted(rule_set=DERIVING)
    here.go_to_the_window()
    here.ward.execute(Evaluate(referral, None, CRITERIA, "Nhận xét.", front="Đồng ý."))
    assert here.office.history(referral)[-1].words == {
        "comment": "Nhận xét.",
        "front": "Đồng ý.",
    }


@pytest.mark.parametrize(
    ("level", "recommendation", "rating"),
    [
        ("good", None, "good"),
        ("fair", "commend", "good"),
        ("low", None, "weak"),
        ("good", "consider_handling", "weak"),
    ],
)
def test_where_there_is_no_grade_it_is_derived(
    level: str, recommendation: str | None, rating: str, here: Province
) -> None:
    referral = here.a_submitted(rule_set=DERIVING)
    here.go_to_the_window()
    criteria = {**CRITERIA, "duties": level}
    command = Evaluate(
        referral, None, criteria, "Nhận xét.", front="Đồng ý.", recommendation=recommendation
    )
    assert here.ward.execute(command).value.rating == rating
    assert here.operator.figures().counts["acts_well"] == (rating == "good")


def test_a_correction_derives_it_again(here: Province) -> None:
    referral = here.a_submitted(rule_set=DERIVING)
    here.go_to_the_window()
    here.ward.execute(Evaluate(referral, None, CRITERIA, "Nhận xét.", front="Đồng ý."))
    low = {**CRITERIA, "household": "low"}
    corrected = here.ward.execute(CorrectEvaluation(referral, None, low, "Khác.", WHY)).value
    assert corrected.rating == "weak"


# --- what it recommends (S48)


@pytest.mark.parametrize("recommendation", ["commend", "consider_handling"])
def test_praise_and_a_call_for_handling_are_answered(
    recommendation: str, anywhere: Province
) -> None:
    here = anywhere
    referral = here.an_active()
    here.evaluate(referral, recommendation=recommendation)
    here.deliver()
    assert "recommendation_waits" in findings(here.office)
    here.office.execute(AnswerRecommendation(referral, "Đã làm."))
    assert "recommendation_waits" not in findings(here.office)
    assert here.deliver() == (Sent("recommendation_answered", "committee:r-1"),)
    assert here.ward.history(referral)[-1].words == {"words": "Đã làm."}


def test_to_recommend_nothing_asks_for_no_answer(here: Province) -> None:
    referral = here.an_active()
    here.evaluate(referral, recommendation="nothing")
    assert here.ward.history(referral)[-1].event.recommendation == "nothing"
    assert "recommendation_waits" not in findings(here.office)


# --- the member's own view (S38)


def test_comment_and_class_reach_the_member(here: Province) -> None:
    referral = here.an_active()
    here.deliver()
    here.evaluate(referral)
    here.classify(referral)
    told = [sent.kind for sent in here.deliver() if sent.to == "member:m-1"]
    assert told == ["comment_given", "class_given"]
    entries = here.the_member(referral).history(referral)
    assert [e.words for e in entries if "evaluated" in e.name] == [{"comment": "Nhận xét."}]


@pytest.mark.parametrize("to", [ViewTo.RESIDENCE, ViewTo.WORKPLACE])
def test_a_view_is_answered_by_whom_it_is_addressed_to(to: ViewTo, anywhere: Province) -> None:
    here = anywhere
    referral = here.an_evaluated()
    here.deliver()
    desk, other = (here.ward, here.office) if to is ViewTo.RESIDENCE else (here.office, here.ward)
    here.the_member(referral).execute(StateView(referral, "Tôi có ý kiến.", to))
    assert here.deliver() == (Sent("view_stated", f"committee:{desk.actor.committee}"),)
    (item,) = [item for item in desk.worklist() if item.finding == "view_waits"]
    assert (item.since, item.resolve) == (here.today, ("answer_view",))
    assert "view_waits" not in findings(other)
    command = AnswerView(referral, "Đã xem xét.")
    assert codes(refused(here, other, command)) == ("not_permitted",)
    here.clock.pass_days(1)
    desk.execute(command)
    assert "view_waits" not in findings(desk)
    assert here.deliver() == (Sent("view_answered", "member:m-1"),)
    stated, answered = here.the_member(referral).history(referral)[-2:]
    assert (stated.words, answered.words) == (
        {"words": "Tôi có ý kiến."},
        {"words": "Đã xem xét."},
    )


def test_a_member_who_is_not_content_may_say_so_again_and_to_the_other(here: Province) -> None:
    referral = here.an_evaluated()
    member = here.the_member(referral)
    member.execute(StateView(referral, "Ý kiến."))
    here.ward.execute(AnswerView(referral, "Trả lời."))
    member.execute(StateView(referral, "Chưa đồng ý.", ViewTo.WORKPLACE))
    assert "view_waits" in findings(here.office)
    assert codes(refused(here, here.ward, AnswerView(referral, "Nữa."))) == ("not_permitted",)
    here.office.execute(AnswerView(referral, "Đã rõ."))
    assert "view_waits" not in findings(here.office)


def test_a_view_of_a_class_without_a_comment_may_be_stated(here: Province) -> None:
    referral = asked(here, here.an_issued())
    here.ward.execute(AnswerUnknown(referral))
    here.classify(referral)
    stated = here.the_member(referral).execute(StateView(referral, "Ý kiến.")).value
    assert stated.state == "issued"


def test_what_is_said_changes_neither_state_nor_timers(here: Province) -> None:
    referral = here.an_evaluated()
    before = here.ward.get(referral), timers(here, referral)
    here.the_member(referral).execute(StateView(referral, "Ý kiến."))
    here.ward.execute(AnswerView(referral, "Trả lời."))
    after = here.ward.get(referral)
    assert (after.state, after.last_step, after.rating) == (
        before[0].state,
        before[0].last_step,
        before[0].rating,
    )
    assert timers(here, referral) == before[1]
    assert names(here.ward, referral)[-2:] == ["view_stated", "view_answered"]
