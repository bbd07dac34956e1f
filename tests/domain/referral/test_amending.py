"""What was recorded wrongly is put right, and what it was before can be had again (S55)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from referral_flow import Member
from referral_flow.commands import Amend, CorrectEvaluation, Issue, KnownPaper, Submit
from referral_flow.ports import Accepted, Message, Outcome
from tests.support.looking import codes, findings, names, refused, timers
from tests.support.province import CRITERIA, NEW_YEAR, WHY, Province, Sent, morning
from tests.support.registers import OurRegister

A_DAY = timedelta(days=1)
REMIND = "remind_member"


def acts_well(here: Province, on: date | None = None, known_as_of: datetime | None = None) -> int:
    return here.operator.figures(on=on, known_as_of=known_as_of).counts["acts_well"]


def a_good_one(here: Province) -> str:
    referral = here.an_active()
    here.evaluate(referral, "good", reason=WHY)
    here.deliver()
    return referral


def corrected(referral: str, rating: str = "fair", reason: str | None = WHY) -> CorrectEvaluation:
    return CorrectEvaluation(referral, rating, CRITERIA, "Nhận xét lại.", "Ghi nhầm.", reason)


# --- the comment


def test_a_correction_takes_the_old_rating_out_of_the_figures_from_its_day_on(
    anywhere: Province,
) -> None:
    here = anywhere
    referral = a_good_one(here)
    reported = here.clock.now
    here.clock.pass_days(10)
    here.ward.execute(corrected(referral))
    assert [acts_well(here, here.today - A_DAY), acts_well(here)] == [1, 0]
    assert here.operator.figures().counts["rated_fair"] == 1
    assert acts_well(here, known_as_of=reported) == 1
    assert acts_well(here, known_as_of=here.clock.now) == 0


def test_a_correction_keeps_state_and_tells_workplace_and_member(anywhere: Province) -> None:
    here = anywhere
    referral = a_good_one(here)
    due = timers(here, referral)
    found = here.ward.execute(corrected(referral)).value
    assert (found.state, found.rating, found.year_end.reasoned) == ("evaluated", "fair", False)
    assert timers(here, referral) == due
    assert set(here.deliver()) == {
        Sent("comment_corrected", "committee:w-1"),
        Sent("comment_corrected", "member:m-1"),
    }
    first, second = here.office.history(referral)[-2:]
    assert (first.event.rating, first.words) == ("good", {"comment": "Nhận xét.", "reason": WHY})
    assert (second.event.rating, second.words) == (
        "fair",
        {"comment": "Nhận xét lại.", "why": "Ghi nhầm.", "reason": WHY},
    )


@pytest.mark.parametrize("state", ["submitted", "active", "suspended"])
def test_last_years_comment_is_corrected_for_last_year(state: str, here: Province) -> None:
    referral = here.commented_last_year(state)
    here.clock.pass_days(5)
    found = here.ward.execute(corrected(referral)).value
    assert (found.state, found.year_end.cycle, found.rating) == (state, 2013, "fair")
    assert here.operator.figures(on=NEW_YEAR - A_DAY).counts["rated_weak"] == 1
    assert here.operator.figures().counts["rated_fair"] == 0


def test_once_there_is_a_class_only_a_superior_corrects(here: Province) -> None:
    referral = a_good_one(here)
    assert codes(refused(here, here.superior, corrected(referral))) == ("not_permitted",)
    here.classify(referral)
    assert codes(refused(here, here.ward, corrected(referral))) == ("not_permitted",)
    found = here.superior.execute(corrected(referral)).value
    assert (found.rating, found.year_end.classification) == ("fair", "completed")


def test_a_correction_is_judged_by_the_year_of_the_comment(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    here.contribute(group, here.hold(group, present=("m-1",)), "m-1")
    here.evaluate(referral, "weak")
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    here.hold(group)
    found = here.ward.execute(corrected(referral, "good", None)).value
    assert (found.rating, found.year_end.reasoned) == ("good", False)


# --- the deadline of a paper


def test_a_deadline_that_is_moved_moves_the_reminder(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    here.deliver()
    deadline = here.today + timedelta(days=60)
    found = here.office.execute(Amend(referral, WHY, deadline=deadline)).value
    assert found.timeline.deadline == deadline
    assert timers(here, referral) == {REMIND: morning(deadline + A_DAY, hour=0)}
    assert set(here.deliver()) == {
        Sent("amended", "committee:w-1"),
        Sent("amended", "committee:r-1"),
    }
    entry = here.office.history(referral)[-1]
    assert (entry.words, entry.event.deadline) == ({"reason": WHY}, deadline)


def test_a_deadline_that_is_moved_takes_an_overdue_paper_out_of_it(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued("m-1")
    here.deliver()
    for days in (31, 7, 14):
        here.a_day_passes(days)
    assert {"paper_overdue", "never_submitted"} <= findings(here.superior)
    deadline = here.today + timedelta(days=10)
    found = here.office.execute(Amend(referral, WHY, deadline=deadline)).value
    assert (found.timeline.told, found.state) == (None, "issued")
    for desk in (here.office, here.ward, here.superior):
        assert not {"paper_overdue", "never_submitted"} & findings(desk)
    assert timers(here, referral) == {REMIND: morning(deadline + A_DAY, hour=0)}
    here.deliver()
    assert here.a_day_passes(10) == ()
    assert here.a_day_passes(1) == (Sent("paper_overdue", "member:m-1"),)
    assert here.a_day_passes(7) == (Sent("paper_overdue", "committee:w-1"),)


def test_a_reminder_that_was_not_sent_when_the_deadline_moved_is_withdrawn(
    here: Province,
) -> None:
    referral = here.an_issued("m-1")
    here.deliver()
    here.clock.pass_days(31)
    here.flow.tick()
    here.office.execute(Amend(referral, WHY, deadline=here.today + timedelta(days=30)))
    assert {sent.kind for sent in here.deliver()} == {"amended"}
    assert list(timers(here, referral)) == [REMIND]


def test_a_deadline_moved_while_the_reminder_is_on_its_way_leads_to_no_next_step() -> None:
    class Slow:
        """A notifier during whose sending the deadline is moved."""

        def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
            if message.kind == "paper_overdue":
                deadline = here.today + timedelta(days=30)
                here.office.execute(Amend(referral, WHY, deadline=deadline))
            return Accepted()

    here = Province(notifiers={"slow": Slow()})
    referral = here.an_issued("m-1")
    here.flow.deliver()
    here.clock.pass_days(31)
    here.flow.tick()
    here.flow.deliver()
    assert names(here.office, referral)[-2:] == ["amended", "telling_settled"]
    assert list(timers(here, referral)) == [REMIND]


def test_a_deadline_moved_into_the_past_reminds_at_once(here: Province) -> None:
    referral = here.an_issued("m-1")
    here.deliver()
    here.clock.pass_days(10)
    here.office.execute(Amend(referral, WHY, deadline=here.today - A_DAY))
    here.flow.tick()
    assert Sent("paper_overdue", "member:m-1") in here.deliver()


# --- the day on which it came, and its number


def test_a_day_of_submission_that_is_amended_changes_whether_it_was_late(
    anywhere: Province,
) -> None:
    here = anywhere
    referral = here.an_issued()
    deadline = here.office.get(referral).timeline.deadline
    here.clock.pass_days(40)
    here.submitted(referral)
    assert here.operator.figures().counts["late"] == 1
    here.clock.pass_days(1)
    found = here.ward.execute(Amend(referral, WHY, submitted_on=deadline)).value
    assert (found.timeline.submitted_on, found.timeline.late_by) == (deadline, 0)
    assert here.operator.figures().counts["late"] == 0
    assert here.operator.figures(on=here.today - A_DAY).counts["late"] == 1


def test_a_deadline_amended_afterwards_changes_whether_it_was_late(here: Province) -> None:
    referral = here.an_issued()
    here.clock.pass_days(40)
    here.submitted(referral)
    found = here.office.execute(Amend(referral, WHY, deadline=here.today)).value
    assert (found.timeline.late_by, found.state) == (0, "submitted")
    assert timers(here, referral) == {}


def test_a_number_that_is_amended_is_the_one_to_hand_in(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    old, paper = here.number_of(referral), here.a_paper("77/GT")
    here.office.execute(Amend(referral, WHY, paper=paper))
    assert codes(refused(here, here.ward, Submit(referral, old))) == ("paper_mismatch",)
    assert here.ward.execute(Submit(referral, "77/GT")).value.paper == KnownPaper.of(paper)
    for number in (old, "77/GT"):
        command = Issue("m-9", "r-1", here.a_paper(number))
        assert codes(refused(here, here.office, command)) == ("duplicate_paper",)


def test_a_superior_amends_what_either_side_recorded(here: Province) -> None:
    referral = here.an_issued()
    here.clock.pass_days(3)
    here.submitted(referral)
    day = here.today - A_DAY
    deadline = here.today + timedelta(days=60)
    command = Amend(referral, WHY, here.a_paper("77/GT"), deadline, day)
    found = here.superior.execute(command).value
    assert (found.paper.number, found.timeline.deadline, found.timeline.submitted_on) == (
        "77/GT",
        deadline,
        day,
    )


def test_a_member_who_has_gone_does_not_stand_in_the_way() -> None:
    register = OurRegister(Member("m-1", "w-1"))
    here = Province(directory=register)
    referral = here.a_submitted("m-1")
    register.people = {}
    found = here.office.execute(Amend(referral, WHY, paper=here.a_paper("77/GT"))).value
    assert found.paper.number == "77/GT"
