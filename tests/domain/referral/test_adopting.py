"""Referrals under way are adopted as they are found: nothing invented, nobody told (S56)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_flow import Refused
from referral_flow.commands import (
    Adopt,
    Amend,
    Assign,
    Exemption,
    Issue,
    KnownPaper,
    OpenCycle,
    PastEvaluation,
    Reassign,
    Reopen,
    Resume,
    State,
    Submit,
)
from referral_flow.domain.rules import PACKAGED
from tests.domain.referral.table import OPEN_STATES
from tests.domain.referral.ways import ASK, BEGIN, adopted, desk_of
from tests.support.looking import codes, everything, findings, names, refused, timers
from tests.support.province import A_MONDAY, NEW_YEAR, WHY, Province
from tests.support.rule_sets import GROUNDS, OURS

YEARS_AGO = A_MONDAY - timedelta(days=2000)
A_MINUTE = 1 / 1440
LATE: dict[str, Any] = {"on": YEARS_AGO, "late_reason": WHY}


# --- as found


@pytest.mark.parametrize("rule_set", PACKAGED)
@pytest.mark.parametrize("state", OPEN_STATES)
def test_any_open_state_is_adopted_and_nobody_is_told(state: str, rule_set: str) -> None:
    here = Province(rule_set=rule_set)
    referral = adopted(here, state, **LATE)
    found = here.superior.get(referral)
    assert (found.state, found.since, found.rule_set) == (state, YEARS_AGO, rule_set)
    assert all(due > here.clock.now for due in timers(here, referral).values())
    assert here.a_day_passes(A_MINUTE) == ()
    assert here.store.check().waiting == 0
    assert names(here.superior, referral) == ["adopted"]
    assert here.flow.verify().faults == ()


def test_what_nobody_knows_stays_unknown(anywhere: Province) -> None:
    here = anywhere
    found = here.superior.get(adopted(here, "active"))
    assert (found.since, found.paper, found.group) == (None, KnownPaper(), None)
    assert (found.timeline.issued_on, found.timeline.deadline) == (None, None)
    assert (found.timeline.submitted_on, found.taking_part.called) == (None, 0)
    assert (found.year_end.rating, found.exemption) == (None, None)
    # It is in the books since today, and that is all that is said.
    assert (found.adoption.on, found.last_step) == (here.today, here.today)


def test_what_is_known_is_kept_even_where_only_half_of_it_is(here: Province) -> None:
    number = adopted(here, "submitted", paper=KnownPaper(number="15/GT"))
    day = adopted(here, "submitted", paper=KnownPaper(date=YEARS_AGO))
    assert here.superior.get(number).paper == KnownPaper("15/GT", None)
    assert here.superior.get(day).timeline.issued_on == YEARS_AGO
    # Without a year the number is nobody's.
    assert here.office.execute(Issue("m-9", "r-1", here.a_paper("15/GT"))).version == 1


def test_a_paper_that_is_known_is_used(here: Province) -> None:
    adopted(here, "active", paper=KnownPaper("15/GT", here.today))
    command = Issue("m-9", "r-1", here.a_paper("15/gt"))
    assert codes(refused(here, here.office, command)) == ("duplicate_paper",)


def test_a_group_that_is_known_gives_the_seat_and_tells_nobody(anywhere: Province) -> None:
    here = anywhere
    group = here.a_group()
    referral = adopted(here, "active", group=group, **LATE)
    assert [seat.referral for seat in here.ward.get(group).seats] == [referral]
    assert here.deliver() == ()
    here.hold(group, present=(here.member_of(referral),))
    assert here.ward.get(referral).taking_part.present == 1


def test_who_is_in_an_unknown_group_is_put_into_one(here: Province) -> None:
    referral, group = adopted(here, "active"), here.a_group()
    assert here.ward.execute(Reassign(referral, group)).value.group == group


@pytest.mark.parametrize("side", ["ward", "office", "superior"])
def test_either_side_resumes_what_nobody_knows_who_suspended(side: str, here: Province) -> None:
    referral = adopted(here, "suspended", came_from=State.ACTIVE)
    assert getattr(here, side).execute(Resume(referral)).value.state == "active"


def test_a_suspended_one_goes_back_to_what_claims_the_least(here: Province) -> None:
    assert here.ward.execute(Resume(adopted(here, "suspended"))).value.state == "submitted"
    seated = adopted(here, "suspended", group=here.a_group())
    assert here.ward.execute(Resume(seated)).value.state == "assigned"


def test_a_superior_adopts_below_itself_only(here: Province) -> None:
    command = Adopt("m-1", "w-1", "r-1", State.ACTIVE)
    stranger = here.desk("superior", "p-9")
    assert codes(refused(here, stranger, command)) == ("not_permitted",)
    assert here.superior.execute(command).value.state == "active"


def test_a_refused_adoption_takes_no_seat(here: Province) -> None:
    group = here.a_group()
    here.an_issued("m-1")
    before = everything(here)
    with pytest.raises(Refused):
        here.operator.execute(Adopt("m-1", "w-1", "r-1", State.ACTIVE, group=group))
    assert everything(here) == before


# --- timers and findings: nothing from before the adoption


def test_a_paper_whose_deadline_runs_is_reminded_when_it_has_passed(here: Province) -> None:
    referral = adopted(here, "issued", on=here.today - timedelta(days=10))
    assert here.superior.get(referral).timeline.deadline == here.today + timedelta(days=20)
    assert list(timers(here, referral)) == ["remind_member"]
    assert here.a_day_passes(19) == ()
    assert [sent.kind for sent in here.a_day_passes(2)] == ["paper_overdue"]


@pytest.mark.parametrize("on", [None, YEARS_AGO, A_MONDAY - timedelta(days=31)])
def test_a_deadline_that_passed_before_is_held_against_nobody(
    on: date | None, here: Province
) -> None:
    referral = adopted(here, "issued", on=on, late_reason=WHY)
    assert timers(here, referral) == {}
    assert here.a_day_passes(400) == ()
    assert findings(here.office) == {"no_deadline"}
    assert len(here.office.find(overdue=True)) == 0
    submitted = here.ward.execute(Submit(referral, "any number")).value
    assert (submitted.state, submitted.timeline.late_by) == ("submitted", 0)


def test_a_deadline_set_afterwards_is_followed_up_as_any_other(here: Province) -> None:
    referral = adopted(here, "issued", **LATE)
    here.office.execute(Amend(referral, WHY, deadline=here.today + timedelta(days=5)))
    here.deliver()
    assert [sent.kind for sent in here.a_day_passes(6)] == ["paper_overdue"]
    assert findings(here.office) == {"paper_overdue"}


def test_an_exemption_that_runs_is_lifted_on_its_day_and_one_that_ran_out_by_hand() -> None:
    here = Province(rule_set=OURS)
    until = here.today + timedelta(days=10)
    runs = adopted(here, "exempt", exemption=Exemption(GROUNDS[0], until))
    over = adopted(here, "exempt", exemption=Exemption(GROUNDS[0], YEARS_AGO))
    assert (len(timers(here, runs)), timers(here, over)) == (1, {})
    here.a_day_passes(11)
    assert here.superior.get(runs).state == "submitted"
    assert here.superior.get(over).state == "exempt"
    assert here.office.execute(ASK["lift_exemption"](here, over)).value.state == "submitted"


def test_a_comment_of_this_cycle_gives_way_to_the_next_one(here: Province) -> None:
    past = PastEvaluation(2013, "good")
    referral = adopted(here, "evaluated", evaluation=past, came_from=State.ACTIVE)
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    assert here.superior.get(referral).state == "active"


def test_a_turn_that_was_missed_is_left_to_the_superior_or_to_the_next_turn(
    here: Province,
) -> None:
    past = PastEvaluation(2010, "good")
    one, other = (adopted(here, "evaluated", evaluation=past) for _ in range(2))
    here.a_day_passes()
    assert here.superior.get(one).state == "evaluated"
    assert here.superior.execute(OpenCycle(one)).value.state == "submitted"
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    assert here.superior.get(other).state == "submitted"


def test_nothing_is_asked_for_after_a_comment_that_was_found() -> None:
    here = Province(rule_set=OURS)
    referral = adopted(here, "evaluated", evaluation=PastEvaluation(2013, "good"))
    assert findings(here.office) == findings(here.superior) == set()
    here.ward.execute(Reopen(referral, WHY))
    here.evaluate(referral)
    assert "awaiting_class" in findings(here.office)
    assert findings(here.superior) == {"countersign_missing"}


def test_a_comment_is_missed_in_the_first_window_that_comes_here(here: Province) -> None:
    here.clock.go_to(date(2013, 12, 20))
    adopted(here, "active")
    assert findings(here.ward) == set()
    here.clock.go_to(date(2014, 11, 20))
    assert findings(here.ward) == {"comment_missing"}


def test_what_waits_since_an_unknown_day_says_so(here: Province) -> None:
    adopted(here, "submitted")
    (item,) = here.ward.worklist()
    assert (item.finding, item.since) == ("awaiting_group", None)


# --- what is learnt later


def test_a_day_of_submission_that_nobody_knew_is_amended_when_it_is_found(here: Province) -> None:
    referral = adopted(here, "submitted", paper=KnownPaper(date=YEARS_AGO), **LATE)
    found_on = YEARS_AGO + timedelta(days=3)
    done = here.ward.execute(Amend(referral, WHY, submitted_on=found_on)).value
    assert (done.timeline.submitted_on, done.timeline.late_by) == (found_on, 0)
    early = Amend(referral, WHY, submitted_on=YEARS_AGO - timedelta(days=1))
    assert codes(refused(here, here.ward, early)) == ("before_last_step",)
    out = Amend(adopted(here, "issued"), WHY, submitted_on=here.today)
    assert codes(refused(here, here.ward, out)) == ("not_submitted_yet",)


def test_a_number_that_was_unknown_is_amended_and_used_from_then_on(here: Province) -> None:
    referral = adopted(here, "submitted")
    paper = here.a_paper("15/GT")
    here.office.execute(Amend(referral, WHY, paper=paper))
    command = Issue("m-9", "r-1", here.a_paper("15/GT"))
    assert codes(refused(here, here.office, command)) == ("duplicate_paper",)
    assert here.ward.execute(Assign(referral, here.a_group())).value.paper == KnownPaper.of(paper)


def test_an_adopted_referral_goes_the_whole_way(anywhere: Province) -> None:
    here = anywhere
    referral = adopted(here, "returned", **LATE)
    here.office.execute(ASK["reissue"](here, referral))
    here.brought(here.submitted(referral), "evaluated")
    here.classify(referral)
    found = here.superior.get(referral)
    assert found.year_end.classification == "completed"
    assert (found.since, found.is_as_found) == (here.today, False)


# --- whatever is known and whatever comes after

days = st.integers(0, 5000).map(lambda back: A_MONDAY - timedelta(days=back))
found = st.fixed_dictionaries(
    {"state": st.sampled_from(OPEN_STATES)},
    optional={
        "on": days,
        "number": st.sampled_from(["15/GT", "1/GT"]),
        "earlier": st.integers(0, 900).map(timedelta),
        "cycle": st.integers(2000, 2013),
        "came_from": st.sampled_from(["submitted", "assigned", "active"]),
        "group": st.just(True),
    },
)
later = st.lists(
    st.tuples(st.sampled_from(sorted({*ASK} - {*BEGIN})), st.integers(0, 200)), max_size=6
)


def as_found(here: Province, known: dict[str, Any]) -> Adopt:
    """Give the adoption of somebody of whom so much is known."""
    state, on = State(known["state"]), known.get("on")
    back = state in (State.SUSPENDED, State.EVALUATED)
    came_from = State(known["came_from"]) if back and "came_from" in known else None
    seated = (came_from if back else state) in (State.ASSIGNED, State.ACTIVE)
    day = None if "earlier" not in known else (on or here.today) - known["earlier"]
    return Adopt(
        here.a_member(),
        "w-1",
        "r-1",
        state,
        KnownPaper(known.get("number"), day),
        PastEvaluation(known["cycle"]) if "cycle" in known else None,
        came_from,
        here.a_group() if seated and "group" in known else None,
        on=on,
        late_reason=WHY,
    )


def asked(here: Province, name: str, referral: str) -> Any:
    if name == "amend":
        return Amend(referral, WHY, deadline=here.today + timedelta(days=9))
    return ASK[name](here, referral)


@settings(max_examples=60)
@given(known=found, then=later, rule_set=st.sampled_from(PACKAGED))
def test_whatever_is_known_nobody_is_told_and_every_later_row_copes(
    known: dict[str, Any], then: list[tuple[str, int]], rule_set: str
) -> None:
    here = Province(rule_set=rule_set)
    referral = here.operator.execute(as_found(here, known)).stream
    assert all(due > here.clock.now for due in timers(here, referral).values())
    assert here.a_day_passes(A_MINUTE) == ()
    assert not {"paper_overdue", "paper_late", "never_submitted"} & findings(here.superior)
    for name, passing in then:
        here.clock.pass_days(passing)
        here.flow.tick()
        for role in ("workplace", "residence", "superior", "member"):
            desk = desk_of(here, role, referral)
            desk.worklist()
            command = asked(here, name, referral)
            judged = desk.explain(command)
            assert "crashed" not in {refusal.kind for refusal in judged.refusals}
            if judged.allowed:
                desk.execute(command)
    assert here.flow.verify().faults == ()
