"""A paper that is not handed in: remind, then the workplace, then its superior (S2-S4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest

from referral_flow import CommitteeKind, Member, Role
from referral_flow.commands import AddCommittee, AddMember, End, Issue, Reissue, ReturnPaper, Submit
from referral_flow.ports import Accepted, Message, Outcome, Permanent, Quota, RetryAt
from tests.support.looking import names, timers, waiting
from tests.support.province import WHY, Province, Sent, morning
from tests.support.registers import OurRegister

REMIND, WORKPLACE, SUPERIOR = "remind_member", "tell_workplace", "tell_superior"
MUCH_LATER = morning(date(2030, 1, 1))


def overdue(*to: str) -> tuple[Sent, ...]:
    return tuple(Sent("paper_overdue", recipient) for recipient in to)


def an_issued_and_told(here: Province) -> str:
    """Give a paper of which member and residence were told when it was issued."""
    referral = here.an_issued("m-1")
    assert here.deliver() == (
        Sent("paper_issued", "member:m-1"),
        Sent("paper_to_expect", "committee:r-1"),
    )
    return referral


def a_reminded(here: Province) -> str:
    referral = an_issued_and_told(here)
    assert here.a_day_passes(31) == overdue("member:m-1")
    return referral


def a_told_at_work(here: Province) -> str:
    referral = a_reminded(here)
    assert here.a_day_passes(7) == overdue("committee:w-1")
    return referral


# --- each step, counted from the delivery of the one before


def test_every_paper_has_a_deadline_and_a_reminder_that_is_set(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    deadline = here.today + timedelta(days=30)
    assert here.office.get(referral).timeline.deadline == deadline
    assert timers(here, referral) == {REMIND: morning(deadline + timedelta(days=1), hour=0)}


def test_nobody_is_told_on_the_last_day(here: Province) -> None:
    an_issued_and_told(here)
    assert here.a_day_passes(30) == ()


def test_the_member_is_reminded_on_the_day_after_the_deadline(anywhere: Province) -> None:
    here = anywhere
    referral = a_reminded(here)
    assert here.office.get(referral).timeline.told == REMIND
    assert here.office.get(referral).state == "issued"


def test_the_workplace_is_told_seven_days_after_the_reminder_was_delivered(
    anywhere: Province,
) -> None:
    here = anywhere
    referral = a_reminded(here)
    assert timers(here, referral) == {WORKPLACE: here.clock.now + timedelta(days=7)}
    assert here.a_day_passes(6) == ()
    assert here.a_day_passes(1) == overdue("committee:w-1")


def test_the_superior_is_told_fourteen_days_after_the_workplace_was(anywhere: Province) -> None:
    here = anywhere
    referral = a_told_at_work(here)
    assert timers(here, referral) == {SUPERIOR: here.clock.now + timedelta(days=14)}
    assert here.a_day_passes(13) == ()
    assert here.a_day_passes(1) == overdue("committee:p")


def test_after_the_superior_nobody_is_left_to_tell(anywhere: Province) -> None:
    here = anywhere
    referral = a_told_at_work(here)
    here.a_day_passes(14)
    assert timers(here, referral) == {}
    assert here.a_day_passes(365) == ()
    assert names(here.office, referral) == ["issued", *["overdue_told", "telling_settled"] * 3]


def test_a_reminder_that_is_delivered_late_moves_what_comes_after(here: Province) -> None:
    referral = an_issued_and_told(here)
    here.clock.pass_days(31)
    here.flow.tick()
    here.clock.pass_days(5)
    assert here.deliver() == overdue("member:m-1")
    assert timers(here, referral) == {WORKPLACE: here.clock.now + timedelta(days=7)}


def test_a_tick_that_comes_late_moves_what_comes_after(here: Province) -> None:
    referral = an_issued_and_told(here)
    assert here.a_day_passes(100) == overdue("member:m-1")
    assert timers(here, referral) == {WORKPLACE: here.clock.now + timedelta(days=7)}


def test_what_is_not_delivered_sets_no_next_step(here: Province) -> None:
    referral = an_issued_and_told(here)
    here.clock.pass_days(31)
    here.flow.tick()
    for _ in range(5):
        here.clock.pass_days(30)
        assert here.flow.tick().fired == 0
    assert timers(here, referral) == {}
    assert waiting(here) == 1


# --- notifiers that fail


class Refusing:
    """A notifier that answers in one way, until it is told another."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        return self.outcome


def a_province_that_cannot_send(outcome: Outcome) -> tuple[Province, Refusing]:
    notifier = Refusing(Accepted())
    here = Province(notifiers={"refusing": notifier})
    here.an_issued("m-1")
    here.flow.deliver()
    notifier.outcome = outcome
    here.clock.pass_days(31)
    here.flow.tick()
    here.flow.deliver()
    return here, notifier


@pytest.mark.parametrize(
    "outcome",
    [RetryAt(None, "busy"), RetryAt(MUCH_LATER, "later"), Quota(MUCH_LATER)],
    ids=["retry", "retry at", "quota"],
)
def test_a_reminder_that_is_still_to_be_sent_sets_no_next_step(outcome: Outcome) -> None:
    here, _ = a_province_that_cannot_send(outcome)
    (referral,) = here.office.find()
    assert timers(here, referral.id) == {}
    assert waiting(here) == 1


def test_a_reminder_that_is_sent_at_the_second_try_sets_the_next_step() -> None:
    here, notifier = a_province_that_cannot_send(RetryAt(None, "busy"))
    (referral,) = here.office.find()
    notifier.outcome = Accepted()
    here.clock.pass_days(1)
    here.flow.deliver()
    assert timers(here, referral.id) == {WORKPLACE: here.clock.now + timedelta(days=7)}


def test_a_reminder_that_can_never_be_sent_does_not_stop_the_others() -> None:
    here, _ = a_province_that_cannot_send(Permanent("no such number"))
    (referral,) = here.office.find()
    assert timers(here, referral.id) == {WORKPLACE: here.clock.now + timedelta(days=7)}
    settled = here.office.history(referral.id)[-1].event
    assert (settled.step, settled.outcome) == (REMIND, "parked")


def test_two_notifiers_tell_of_it_and_the_next_step_is_counted_once() -> None:
    here = Province(notifiers={"one": Refusing(Accepted()), "two": Refusing(Accepted())})
    referral = here.an_issued("m-1")
    here.flow.deliver()
    here.clock.pass_days(31)
    here.flow.tick()
    assert here.flow.deliver().accepted == 2
    assert names(here.office, referral) == ["issued", "overdue_told", "telling_settled"]


# --- the paper comes in between


@pytest.mark.parametrize("told", [a_reminded, a_told_at_work])
def test_a_paper_handed_in_between_ends_the_telling(
    told: Callable[[Province], str], anywhere: Province
) -> None:
    here = anywhere
    referral = told(here)
    submitted = here.ward.execute(Submit(referral, here.number_of(referral))).value
    assert submitted.state == "submitted"
    deadline = submitted.timeline.deadline
    assert deadline is not None
    assert submitted.timeline.late_by == (here.today - deadline).days
    assert timers(here, referral) == {}
    assert here.deliver() == (Sent("paper_received", "committee:w-1"),)
    assert here.a_day_passes(365) == ()


def test_a_reminder_that_still_waits_is_withdrawn_when_the_paper_comes(anywhere: Province) -> None:
    here = anywhere
    referral = an_issued_and_told(here)
    here.clock.pass_days(31)
    here.flow.tick()
    assert waiting(here) == 1
    here.submitted(referral)
    assert here.deliver() == (Sent("paper_received", "committee:w-1"),)


def test_what_was_not_sent_at_issue_is_withdrawn_when_the_paper_comes(here: Province) -> None:
    referral = here.an_issued()
    here.submitted(referral)
    assert here.deliver() == (Sent("paper_received", "committee:w-1"),)


def test_a_paper_handed_in_while_the_reminder_is_on_its_way_sets_no_next_step() -> None:
    class Slow:
        """A notifier during whose sending the paper is handed in."""

        def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
            if message.kind == "paper_overdue":
                here.submitted(referral)
            return Accepted()

    here = Province(notifiers={"slow": Slow()})
    referral = here.an_issued("m-1")
    here.flow.deliver()
    here.clock.pass_days(31)
    here.flow.tick()
    here.flow.deliver()
    assert names(here.office, referral)[-2:] == ["submitted", "telling_settled"]
    assert here.ward.get(referral).state == "submitted"
    assert timers(here, referral) == {}
    assert here.flow.verify().faults == ()


def test_a_paper_on_its_last_day_is_in_time(here: Province) -> None:
    referral = here.an_issued()
    here.clock.pass_days(30)
    assert here.ward.get(here.submitted(referral)).timeline.late_by == 0


def test_a_paper_submitted_late_is_accepted_and_marked(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    here.clock.pass_days(33)
    submitted = here.ward.get(here.submitted(referral))
    assert (submitted.state, submitted.timeline.late_by) == ("submitted", 3)
    assert here.ward.history(referral)[-1].event.late_by == 3
    assert here.operator.figures().counts["late"] == 1


def test_a_paper_issued_again_is_followed_anew(here: Province) -> None:
    referral = a_reminded(here)
    here.submitted(referral)
    here.ward.execute(ReturnPaper(referral, WHY))
    here.office.execute(Reissue(referral, here.a_paper()))
    again = here.office.get(referral)
    assert (again.timeline.late_by, again.timeline.told) == (0, None)
    day = again.timeline.deadline + timedelta(days=1)
    assert timers(here, referral) == {REMIND: morning(day, hour=0)}
    here.deliver()
    assert here.a_day_passes(31) == overdue("member:m-1")


# --- the end of it


def test_a_paper_that_never_came_ends_and_nothing_more_is_told(anywhere: Province) -> None:
    here = anywhere
    referral = a_told_at_work(here)
    ended = here.office.execute(End(referral, "never_submitted")).value
    assert ended.state == "ended"
    assert timers(here, referral) == {}
    assert here.deliver() == (
        Sent("referral_ended", "committee:r-1"),
        Sent("referral_ended", "committee:w-1"),
    )
    assert here.a_day_passes(365) == ()


def test_a_workplace_with_no_superior_is_the_last_to_be_told(here: Province) -> None:
    here.operator.execute(AddCommittee("w-9", CommitteeKind.WORKPLACE, "Sở"))
    here.operator.execute(AddMember("q-1", "w-9", "Một người"))
    office = here.desk(Role.WORKPLACE, "w-9")
    referral = office.execute(Issue("q-1", "r-1", here.a_paper())).stream
    here.deliver()
    assert here.a_day_passes(31) == overdue("member:q-1")
    assert here.a_day_passes(7) == overdue("committee:w-9")
    assert here.a_day_passes(14) == ()
    told = office.history(referral)[-1].event
    assert (told.step, told.to) == (SUPERIOR, None)
    assert timers(here, referral) == {}
    assert office.get(referral).timeline.told == SUPERIOR


def test_the_nearest_superior_is_told(here: Province) -> None:
    here.operator.execute(AddCommittee("d-1", CommitteeKind.SUPERIOR, "Huyện", "p"))
    here.operator.execute(AddCommittee("w-9", CommitteeKind.WORKPLACE, "Sở", "d-1"))
    here.operator.execute(AddMember("q-1", "w-9", "Một người"))
    here.desk(Role.WORKPLACE, "w-9").execute(Issue("q-1", "r-1", here.a_paper()))
    here.deliver()
    here.a_day_passes(31)
    here.a_day_passes(7)
    assert here.a_day_passes(14) == overdue("committee:d-1")


def test_the_superior_of_the_day_is_told_when_the_register_has_changed() -> None:
    register = OurRegister(Member("m-1", "w-1"))
    here = Province(directory=register)
    here.an_issued("m-1")
    here.deliver()
    here.a_day_passes(31)
    here.a_day_passes(7)
    register.superiors = ("p-2", "p")
    assert here.a_day_passes(14) == overdue("committee:p-2")


def test_a_message_tells_ids_and_days_and_neither_names_nor_ratings(here: Province) -> None:
    referral = here.an_active()
    here.evaluate(referral, "good", reason="Mới chuyển về.")
    here.classify(referral)
    here.office.execute(End(referral, "retired", "Nghỉ hưu."))
    here.an_issued()
    here.a_day_passes(31)
    said = repr([message for message, _ in here.notifier.sent])
    for word in ("Người", "good", "weak", "retired", "Nghỉ", "chuyển", "Nhận xét"):
        assert word not in said
