"""A comment goes as far as the recorded facts bear, or says in words why not (S33-S36)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_flow.commands import Evaluate, Reopen
from tests.support.looking import codes, refused
from tests.support.province import CRITERIA, IN_THE_WINDOW, Province

RATINGS = ("good", "fair", "weak")
LEVELS = ("good", "fair", "low")

Marks = list[str]


# --- what was recorded, and what it bears, worked out again


def borne(rating: str, marks: Marks, contributions: int, levels: dict[str, str]) -> bool:
    """Say whether the facts bear a rating: the rule of S36, told a second time."""
    expected = [mark for mark in marks if mark != "excused"]
    share = Fraction(expected.count("present"), len(expected)) if expected else Fraction(0)
    if rating == "good":
        neglected = "low" in (levels["trust"], levels["household"])
        return share >= Fraction(3, 4) and contributions > 0 and not neglected
    return share >= Fraction(1, 2) if rating == "fair" else True


def one_who(here: Province, marks: Marks, contributions: int) -> str:
    """Give a member with these marks and so many contributions, in the window."""
    group, (referral,) = here.a_group_of(1)
    meeting = ""
    for mark in marks:
        present = ("m-1",) if mark == "present" else ()
        excused = ("m-1",) if mark == "excused" else ()
        meeting = here.hold(group, present=present, excused=excused)
    for _ in range(contributions):
        here.contribute(group, meeting, "m-1")
    here.clock.go_to(IN_THE_WINDOW)
    return referral


def comment(
    referral: str, rating: str, levels: dict[str, str] = CRITERIA, reason: str | None = None
) -> Evaluate:
    return Evaluate(referral, rating, levels, "Nhận xét.", reason)


@given(
    rating=st.sampled_from(RATINGS),
    marks=st.lists(st.sampled_from(("present", "present", "excused", "absent")), max_size=6),
    contributions=st.integers(0, 2),
    levels=st.fixed_dictionaries({name: st.sampled_from(LEVELS) for name in CRITERIA}),
)
@settings(max_examples=60)
def test_a_rating_passes_without_a_reason_exactly_when_the_facts_bear_it(
    rating: str, marks: Marks, contributions: int, levels: dict[str, str]
) -> None:
    here = Province()
    contributions = contributions if marks else 0
    referral = one_who(here, marks, contributions)
    bears = borne(rating, marks, contributions, levels)
    judged = here.ward.explain(comment(referral, rating, levels))
    assert judged.allowed == bears
    assert codes(judged.refusals) == (() if bears else ("unsupported_rating",))
    evaluated = here.ward.execute(comment(referral, rating, levels, "Có lý do.")).value
    assert (evaluated.rating, evaluated.year_end.reasoned) == (rating, not bears)


@given(
    marks=st.lists(st.sampled_from(("present", "excused")), min_size=1, max_size=5),
    levels=st.fixed_dictionaries({name: st.sampled_from(LEVELS) for name in CRITERIA}),
)
@settings(max_examples=20)
def test_attendance_alone_never_bears_good(marks: Marks, levels: dict[str, str]) -> None:
    here = Province()
    referral = one_who(here, marks, 0)
    (refusal,) = here.ward.explain(comment(referral, "good", levels)).refusals
    assert refusal.code == "unsupported_rating"
    assert "contributions_or_duties" in refusal.missing


@given(
    marks=st.lists(st.sampled_from(("excused", "absent")), max_size=5),
    levels=st.fixed_dictionaries({name: st.sampled_from(LEVELS) for name in CRITERIA}),
)
@settings(max_examples=20)
def test_who_never_took_part_is_borne_only_as_weak(marks: Marks, levels: dict[str, str]) -> None:
    here = Province()
    referral = one_who(here, marks, 0)
    allowed = [
        rating for rating in RATINGS if here.ward.explain(comment(referral, rating, levels)).allowed
    ]
    assert allowed == ["weak"]


@pytest.mark.parametrize(
    ("marks", "contributions", "best"),
    [
        (["present"] * 3 + ["absent"], 1, "good"),
        (["present"] * 3 + ["absent"], 0, "fair"),
        (["present"] * 2 + ["absent"], 1, "fair"),
        (["present", "absent"], 1, "fair"),
        (["present", "absent", "absent"], 5, "weak"),
        (["present"] * 3 + ["absent", "excused", "excused"], 1, "good"),
        (["excused"], 0, "weak"),
        (["excused"], 1, "weak"),
        ([], 0, "weak"),
    ],
)
def test_the_best_rating_that_is_borne(
    marks: Marks, contributions: int, best: str, here: Province
) -> None:
    referral = one_who(here, marks, contributions)
    allowed = [r for r in RATINGS if here.ward.explain(comment(referral, r)).allowed]
    assert allowed[0] == best


# --- what a comment says


def test_a_comment_is_recorded_and_its_words_lie_beside(anywhere: Province) -> None:
    here = anywhere
    referral = one_who(here, ["present"], 1)
    evaluated = here.ward.execute(comment(referral, "good")).value
    assert (evaluated.state, evaluated.rating) == ("evaluated", "good")
    assert evaluated.year_end.cycle == 2013
    entry = here.office.history(referral)[-1]
    assert entry.event.criteria == CRITERIA
    assert entry.words == {"comment": "Nhận xét."}
    assert "Nhận xét" not in repr(evaluated)


def test_a_written_reason_bears_what_the_facts_do_not_and_is_shown(here: Province) -> None:
    referral = one_who(here, [], 0)
    here.ward.execute(comment(referral, "good", reason="Có báo cáo của nơi cũ."))
    entry = here.office.history(referral)[-1]
    assert entry.event.reasoned
    assert entry.words == {"comment": "Nhận xét.", "reason": "Có báo cáo của nơi cũ."}


def test_a_reason_of_blanks_bears_nothing(here: Province) -> None:
    referral = one_who(here, [], 0)
    refusals = refused(here, here.ward, comment(referral, "good", reason="  "))
    assert codes(refusals) == ("unsupported_rating",)


def test_a_reason_that_was_not_needed_marks_nothing(here: Province) -> None:
    referral = one_who(here, ["present"], 1)
    evaluated = here.ward.execute(comment(referral, "good", reason="Rất tốt.")).value
    assert not evaluated.year_end.reasoned


@pytest.mark.parametrize("day", [date(2013, 11, 1), date(2013, 12, 15)])
def test_the_first_and_the_last_day_are_in_the_window(day: date, here: Province) -> None:
    referral = here.a_submitted()
    here.clock.go_to(day)
    assert here.ward.execute(comment(referral, "weak")).value.state == "evaluated"


def test_a_comment_given_in_the_window_may_be_written_down_after_it(here: Province) -> None:
    referral = here.a_submitted()
    here.clock.go_to(date(2013, 12, 20))
    late = Evaluate(referral, "weak", CRITERIA, "Nhận xét.", on=date(2013, 12, 15))
    assert here.ward.execute(late).value.last_step == date(2013, 12, 15)


def test_the_class_rests_on_the_comment_and_is_told(here: Province) -> None:
    referral = here.an_evaluated()
    here.deliver()
    here.classify(referral, "completed")
    assert here.office.get(referral).year_end.classification == "completed"
    assert [(s.kind, s.to) for s in here.deliver()] == [
        ("class_given", "committee:r-1"),
        ("class_given", "member:m-1"),
    ]


@pytest.mark.parametrize("classification", ["excellent", "good", "completed", "not_completed"])
def test_every_class_of_the_rules_may_be_given(classification: str, here: Province) -> None:
    referral = one_who(here, ["present"], 1)
    here.ward.execute(comment(referral, "good"))
    here.classify(referral, classification)
    assert here.office.get(referral).year_end.classification == classification


def test_a_comment_is_done_again_after_it_was_reopened(here: Province) -> None:
    referral = here.an_evaluated()
    here.ward.execute(Reopen(referral, "Ghi nhầm."))
    here.evaluate(referral, "fair")
    assert here.office.get(referral).rating == "fair"
    ratings = [e.event.rating for e in here.office.history(referral) if hasattr(e.event, "rating")]
    assert ratings == ["weak", "fair"]
