"""A member changes work and not the home: the new workplace takes the referral over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_flow import Command, CommitteeKind, Refused, Role
from referral_flow.commands import (
    AddCommittee,
    AddMember,
    Amend,
    AnswerRecommendation,
    AnswerView,
    Classify,
    CorrectEvaluation,
    End,
    Evaluate,
    HandOver,
    Issue,
    MarkNotIntroduced,
    MoveMember,
    Reconcile,
    Reissue,
    RequestComment,
    Resume,
    StateView,
    Submit,
    Suspend,
    Transfer,
    ViewTo,
    Void,
)
from referral_flow.engine.record import change
from tests.support.looking import codes, findings, refused, the_parts_make_the_whole, timers
from tests.support.province import CRITERIA, WHY, Province, Sent

A_DAY = timedelta(days=1)
OLD, NEW = "w-1", "w-2"


def moved(here: Province, referral: str) -> str:
    """Let the member go to the other workplace."""
    here.operator.execute(MoveMember(here.member_of(referral), NEW))
    return referral


def handed_over(here: Province, referral: str, on: date | None = None) -> str:
    """Let the member go to the other workplace, which takes the referral over."""
    here.other_office.execute(HandOver(moved(here, referral), on=on))
    return referral


def in_all(here: Province, scope: str | None, on: date) -> int:
    return here.operator.figures(scope, on).counts["referred"]


# --- what changes, and what does not


def test_the_referral_goes_on_where_it_was(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_active()
    before = here.ward.get(referral)
    after = here.other_office.execute(HandOver(moved(here, referral))).value
    parties = change(before.parties, workplace=NEW)
    times = change(before.timeline, counted_on=here.today)
    assert after == change(before, parties=parties, timeline=times)
    assert (after.state, after.group, after.since) == ("active", before.group, before.since)


def test_the_history_says_who_had_it_before(here: Province) -> None:
    referral = handed_over(here, here.an_active())
    (*_, entry) = here.other_office.history(referral)
    assert (entry.event.workplace, entry.event.former) == (NEW, OLD)
    assert (entry.was, entry.now) == ("active", "active")


def test_it_may_be_handed_back(here: Province) -> None:
    referral = handed_over(here, here.an_active())
    here.operator.execute(MoveMember("m-1", OLD))
    assert here.office.execute(HandOver(referral)).value.workplace == OLD


def test_the_register_is_asked_on_the_day_of_the_hand_over(here: Province) -> None:
    referral = here.an_active()
    for desk in (here.other_office, here.desk(Role.WORKPLACE), here.desk(Role.WORKPLACE, "w-9")):
        assert codes(refused(here, desk, HandOver(referral))) == ("not_own_member",)


# --- who may see it, and act


def test_the_new_workplace_sees_all_of_it_and_the_old_one_nothing_more(here: Province) -> None:
    referral = handed_over(here, here.an_active())
    assert here.other_office.get(referral).workplace == NEW
    assert len(here.other_office.history(referral)) == len(here.superior.history(referral))
    assert [found.id for found in here.other_office.find()] == [referral]
    assert len(here.office.find()) == 0
    for look in (here.office.get, here.office.history, here.office.explain):
        with pytest.raises(Refused) as caught:
            look(referral)
        assert caught.value.codes == ("not_found",)
    assert codes(refused(here, here.office, End(referral, "duty_over"))) == ("not_found",)


def test_the_superior_of_the_old_workplace_alone_sees_it_no_more(here: Province) -> None:
    here.operator.execute(AddCommittee("d-1", CommitteeKind.SUPERIOR, "Quận"))
    here.operator.execute(AddCommittee("w-9", CommitteeKind.WORKPLACE, "Sở", "d-1"))
    here.operator.execute(AddMember("q-1", "w-9", "Đồng chí mẫu"))
    office, district = here.desk(Role.WORKPLACE, "w-9"), here.desk(Role.SUPERIOR, "d-1")
    referral = office.execute(Issue("q-1", "r-1", here.a_paper())).stream
    assert [found.id for found in district.find()] == [referral]
    handed_over(here, referral)
    assert len(district.find()) == 0


def test_a_workplace_whose_own_member_has_an_open_referral_hears_which(here: Province) -> None:
    referral = moved(here, here.an_active())
    command = Issue("m-1", "r-1", here.a_paper())
    (refusal,) = refused(here, here.other_office, command)
    assert refusal.data["referral"] == referral
    here.other_office.execute(HandOver(refusal.data["referral"]))
    assert codes(refused(here, here.office, command)) == ("not_own_member",)


# --- what was open goes on with the new workplace


def test_what_waits_at_work_waits_at_the_new_workplace(here: Province) -> None:
    referral = here.an_active()
    here.go_to_the_window()
    comment = Evaluate(referral, "fair", CRITERIA, "Nhận xét.", WHY, recommendation="commend")
    here.ward.execute(comment)
    here.a_conflict(referral)
    here.the_member(referral).execute(StateView(referral, "Ý kiến.", ViewTo.WORKPLACE))
    waits = findings(here.office)
    assert waits >= {"conflict", "recommendation_waits", "view_waits"}
    handed_over(here, referral)
    assert findings(here.office) == set()
    assert findings(here.other_office) == waits
    here.other_office.execute(AnswerView(referral, "Trả lời."))
    here.other_office.execute(AnswerRecommendation(referral, "Đã biểu dương."))
    here.other_office.execute(Classify(referral, "good"))
    assert findings(here.other_office) == set()


def test_an_offer_of_the_old_workplace_stands_as_that_of_the_new(here: Province) -> None:
    referral = here.an_evaluated()
    here.a_conflict(referral)
    here.office.execute(Reconcile(referral, "good", WHY))
    handed_over(here, referral)
    command = Reconcile(referral, "good", WHY)
    assert codes(refused(here, here.other_office, command)) == ("same_party_twice",)
    here.deliver()
    here.ward.execute(command)
    assert Sent("class_given", "committee:w-2") in here.deliver()


def test_a_request_of_the_old_workplace_is_answered_to_the_new(here: Province) -> None:
    referral = here.an_issued()
    here.office.execute(RequestComment(referral, "reward", here.today))
    handed_over(here, referral)
    here.deliver()
    here.ward.execute(Submit(referral, here.number_of(referral)))
    here.evaluate(referral)
    assert Sent("comment_given", "committee:w-2") in here.deliver()


def test_a_suspension_of_the_old_workplace_is_ended_by_the_new(here: Province) -> None:
    referral = here.an_active()
    here.office.execute(Suspend(referral, WHY))
    handed_over(here, referral)
    assert here.other_office.execute(Resume(referral)).value.state == "active"


def test_of_an_overdue_paper_the_new_workplace_is_told(here: Province) -> None:
    referral = handed_over(here, here.an_issued())
    due = timers(here, referral)
    assert list(due) == ["remind_member"]
    here.deliver()
    assert here.a_day_passes(31) == (Sent("paper_overdue", "member:m-1"),)
    assert here.a_day_passes(8) == (Sent("paper_overdue", "committee:w-2"),)


def test_the_new_workplace_ends_it_and_refers_the_member_onward(here: Province) -> None:
    referral = handed_over(here, here.an_active())
    here.other_office.execute(End(referral, "moved"))
    done = here.other_office.execute(Transfer(referral, "r-2", here.a_paper())).value
    onward = here.other_office.get(str(done.links.onward))
    assert (onward.workplace, onward.residence) == (NEW, "r-2")


def test_a_returned_paper_is_issued_again_under_a_number_of_the_new_workplace(
    here: Province,
) -> None:
    referral = here.in_state("returned")
    handed_over(here, referral)
    number = here.number_of(referral)
    taken = here.other_office.execute(Issue("n-1", "r-1", here.a_paper(number)))
    assert taken.version == 1
    command = Reissue(referral, here.a_paper(number))
    assert codes(refused(here, here.other_office, command)) == ("duplicate_paper",)
    assert here.other_office.execute(Reissue(referral, here.a_paper())).value.state == "issued"


def test_a_deadline_is_amended_though_the_new_workplace_has_used_the_number(
    here: Province,
) -> None:
    referral = handed_over(here, here.an_issued())
    here.other_office.execute(Issue("n-1", "r-1", here.a_paper(here.number_of(referral))))
    later = here.today + timedelta(days=40)
    amended = here.other_office.execute(Amend(referral, WHY, deadline=later)).value
    assert amended.timeline.deadline == later


# --- who is told


def test_what_was_only_for_the_old_workplace_is_withdrawn(here: Province) -> None:
    referral = here.a_submitted()
    handed_over(here, referral)
    assert set(here.deliver()) == {
        Sent("taken_over", "committee:w-1"),
        Sent("handed_over", "committee:r-1"),
        Sent("handed_over", "member:m-1"),
    }


# --- figures, at any day


def test_it_counts_for_the_old_workplace_before_and_for_the_new_one_from_that_day_on(
    anywhere: Province,
) -> None:
    here = anywhere
    referral = here.an_active()
    here.clock.pass_days(10)
    day = here.today
    here.clock.pass_days(5)
    recorded = here.clock.now
    handed_over(here, referral, on=day)
    for on, old, new in ((day - A_DAY, 1, 0), (day, 0, 1), (here.today, 0, 1)):
        assert (in_all(here, OLD, on), in_all(here, NEW, on)) == (old, new)
        assert in_all(here, None, on) == in_all(here, "r-1", on) == 1
    known = here.operator.figures(OLD, day, known_as_of=recorded - A_DAY)
    assert known.counts["referred"] == 1


def test_what_happens_later_counts_for_the_new_workplace_only(here: Province) -> None:
    referral = here.an_active()
    handed_over(here, referral)
    here.evaluate(referral, "good", reason=WHY)
    for scope, expected in ((OLD, 0), (NEW, 1), (None, 1)):
        assert here.operator.figures(scope).counts["acts_well"] == expected
    here.other_office.execute(End(referral, "died"))
    assert here.operator.figures(OLD).states["referral"] == dict.fromkeys(
        here.operator.figures(OLD).states["referral"], 0
    )


@pytest.mark.parametrize("days", [1, 3])
def test_nothing_that_counts_is_dated_before_a_hand_over(days: int, here: Province) -> None:
    referral = here.an_assigned()
    here.clock.pass_days(days)
    handed_over(here, referral)
    early = Suspend(referral, WHY, on=here.today - A_DAY)
    (refusal,) = refused(here, here.other_office, early)
    assert refusal.code == "before_last_step"
    assert refusal.data["last_step"] == here.today


def test_a_hand_over_is_not_dated_before_a_correction_that_counts(here: Province) -> None:
    referral = here.an_evaluated()
    here.clock.pass_days(5)
    here.ward.execute(CorrectEvaluation(referral, "fair", CRITERIA, "Nhận xét.", WHY, reason=WHY))
    early = HandOver(moved(here, referral), on=here.today - A_DAY)
    assert codes(refused(here, here.other_office, early)) == ("before_last_step",)
    assert here.other_office.execute(HandOver(referral)).value.rating == "fair"


def take_over(here: Province, referral: str) -> Command[Any]:
    """Let the member change work, and the referral be taken over."""
    other = here.other_office_than(here.superior.get(referral).workplace)
    workplace = str(other.actor.committee)
    with suppress(Refused):
        here.operator.execute(MoveMember(here.member_of(referral), workplace))
    return HandOver(referral)


def correct(here: Province, referral: str) -> Command[Any]:
    rating = ("fair", "weak", "good")[here.today.day % 3]
    return CorrectEvaluation(referral, rating, CRITERIA, "Nhận xét.", WHY, reason=WHY)


def amend(here: Province, referral: str) -> Command[Any]:
    return Amend(referral, WHY, deadline=here.today - timedelta(days=here.today.day))


def mark(here: Province, referral: str) -> Command[Any]:
    return MarkNotIntroduced(here.member_of(referral))


STEPS: dict[str, tuple[str, Callable[[Province, str], Command[Any]]]] = {
    "take over": ("other", take_over),
    "correct": ("residence", correct),
    "amend": ("workplace", amend),
    "mark": ("workplace", mark),
    "suspend": ("residence", lambda _, id: Suspend(id, WHY)),
    "resume": ("residence", lambda _, id: Resume(id)),
    "end": ("workplace", lambda _, id: End(id, "died")),
    "void": ("superior", lambda _, id: Void(id, WHY)),
}
A_STEP = st.tuples(
    st.sampled_from([*STEPS, "take over", "take over", "take over", "correct", "correct"]),
    st.integers(0, 1),
    st.sampled_from((0, 0, 1, 3)),
    st.sampled_from((0, 0, 1, 2, 5)),
)


@given(steps=st.lists(A_STEP, min_size=4, max_size=12))
@settings(max_examples=60)
def test_the_parts_make_the_whole_on_every_day_whatever_happens(
    steps: list[tuple[str, int, int, int]],
) -> None:
    here = Province()
    referrals = [here.an_evaluated(), here.an_evaluated()]
    for kind, which, days, back in steps:
        here.clock.pass_days(days)
        role, make = STEPS[kind]
        workplace = here.superior.get(referrals[which]).workplace
        desks = {
            "workplace": here.desk(Role.WORKPLACE, workplace),
            "other": here.other_office_than(workplace),
            "residence": here.ward,
            "superior": here.superior,
        }
        command = change(make(here, referrals[which]), on=here.today - timedelta(days=back))
        with suppress(Refused):
            desks[role].execute(command)
        the_parts_make_the_whole(here)
    assert here.flow.verify().faults == ()
