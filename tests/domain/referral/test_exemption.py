"""Exempt from meetings: written on the paper or later, with an expiry, and lifted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from referral_flow.commands import (
    AnswerRequest,
    End,
    Evaluate,
    Exempt,
    Exemption,
    LiftExemption,
    RequestComment,
    Void,
)
from tests.support.looking import codes, findings, names, refused, timers
from tests.support.province import CRITERIA, WHY, Province, Sent, morning
from tests.support.rule_sets import GROUNDS, OURS

UNTIL = date(2013, 8, 31)
AFTER = UNTIL + timedelta(days=1)
ON_PAPER = Exemption(GROUNDS[0], UNTIL)
TIMER = "exemption_ends"


def an_exempt_by_paper(here: Province) -> str:
    referral = here.an_issued("m-1", rule_set=OURS, exemption=ON_PAPER)
    here.deliver()
    return here.submitted(referral)


def exempted(here: Province, state: str) -> str:
    """Exempt somebody who is in this state."""
    referral = here.in_state(state, rule_set=OURS)
    here.deliver()
    here.office.execute(Exempt(referral, GROUNDS[1], UNTIL))
    return referral


# --- written on the paper


def test_a_paper_that_says_so_leads_to_exempt(anywhere: Province) -> None:
    here = anywhere
    issued = here.an_issued("m-1", rule_set=OURS, exemption=ON_PAPER)
    found = here.ward.get(issued)
    assert (found.state, found.exemption) == ("issued", ON_PAPER)
    assert TIMER not in timers(here, issued)
    here.submitted(issued)
    found = here.ward.get(issued)
    assert (found.state, found.exemption, found.group) == ("exempt", ON_PAPER, None)
    assert timers(here, issued) == {TIMER: morning(AFTER, hour=0)}
    assert names(here.ward, issued) == ["issued", "submitted"]


def test_a_paper_that_says_nothing_leads_to_submitted(here: Province) -> None:
    referral = here.a_submitted(rule_set=OURS)
    assert here.ward.get(referral).state == "submitted"
    assert timers(here, referral) == {}


def test_an_exemption_that_expired_before_the_paper_came_is_lifted_by_the_next_tick(
    here: Province,
) -> None:
    referral = here.an_issued("m-1", rule_set=OURS, exemption=ON_PAPER)
    here.clock.go_to(AFTER + timedelta(days=20))
    here.submitted(referral)
    here.flow.tick()
    assert here.ward.get(referral).state == "submitted"


# --- given later


@pytest.mark.parametrize("state", ["submitted", "assigned", "active"])
def test_an_exemption_frees_the_place_in_the_group(state: str, anywhere: Province) -> None:
    here = anywhere
    referral = here.in_state(state, rule_set=OURS)
    group = here.ward.get(referral).group
    here.deliver()
    found = here.office.execute(Exempt(referral, GROUNDS[1], UNTIL)).value
    assert (found.state, found.group) == ("exempt", None)
    assert found.exemption == Exemption(GROUNDS[1], UNTIL)
    if group is not None:
        assert here.ward.get(group).seats == ()
    assert timers(here, referral) == {TIMER: morning(AFTER, hour=0)}
    assert here.deliver() == (Sent("exempted", "committee:r-1"),)


def test_a_group_that_was_not_told_yet_is_told_no_more(here: Province) -> None:
    referral = here.a_submitted(rule_set=OURS)
    here.deliver()
    here.brought(referral, "assigned")
    here.office.execute(Exempt(referral, GROUNDS[1], UNTIL))
    assert here.deliver() == (Sent("exempted", "committee:r-1"),)


def test_others_keep_their_places(here: Province) -> None:
    group = here.a_group()
    referral = here.brought(here.a_submitted(rule_set=OURS), "assigned", group=group)
    other = here.an_assigned(group=group)
    here.office.execute(Exempt(referral, GROUNDS[1], UNTIL))
    assert [seat.referral for seat in here.ward.get(group).seats] == [other]
    assert here.ward.get(other).group == group


# --- lifted


@pytest.mark.parametrize("state", ["submitted", "assigned", "active"])
def test_it_is_lifted_by_itself_the_day_after_it_ends(state: str, anywhere: Province) -> None:
    here = anywhere
    referral = exempted(here, state)
    here.clock.go_to(UNTIL, hour=23)
    assert here.flow.tick().fired == 0
    here.deliver()
    here.clock.go_to(AFTER, hour=1)
    here.flow.tick()
    found = here.ward.get(referral)
    assert (found.state, found.exemption, found.group) == ("submitted", None, None)
    assert found.last_step == AFTER
    assert here.ward.history(referral)[-1].actor.role == "system"
    assert timers(here, referral) == {}
    assert here.deliver() == (Sent("exemption_lifted", "committee:r-1"),)
    assert "awaiting_group" in findings(here.ward)


def test_the_workplace_lifts_it_before(here: Province) -> None:
    referral = exempted(here, "active")
    here.office.execute(LiftExemption(referral))
    assert here.ward.get(referral).state == "submitted"
    assert timers(here, referral) == {}
    here.clock.go_to(AFTER)
    assert here.flow.tick().fired == 0


def test_who_is_back_takes_part_again(here: Province) -> None:
    referral = exempted(here, "active")
    here.office.execute(LiftExemption(referral))
    here.brought(referral, "active")
    part = here.ward.get(referral).taking_part
    assert (part.called, part.present) == (2, 2)


def test_who_is_exempt_again_is_so_until_the_new_day(here: Province) -> None:
    referral = exempted(here, "submitted")
    here.office.execute(LiftExemption(referral))
    later = UNTIL + timedelta(days=60)
    here.office.execute(Exempt(referral, GROUNDS[2], later))
    assert timers(here, referral) == {TIMER: morning(later + timedelta(days=1), hour=0)}
    here.clock.go_to(AFTER)
    here.flow.tick()
    assert here.ward.get(referral).state == "exempt"


# --- while it lasts


def test_a_comment_comes_only_on_request_and_with_its_purpose(here: Province) -> None:
    referral = exempted(here, "active")
    here.office.execute(RequestComment(referral, "reward", here.today))
    assert "comment_requested" in findings(here.ward)
    here.deliver()
    here.clock.pass_days(1)
    answered = here.ward.execute(AnswerRequest(referral, "khen thưởng", "Gương mẫu.")).value
    assert (answered.state, answered.request) == ("exempt", None)
    assert "comment_requested" not in findings(here.ward)
    assert here.deliver() == (Sent("request_answered", "committee:w-1"),)
    entry = here.office.history(referral)[-1]
    assert entry.words == {"purpose": "khen thưởng", "comment": "Gương mẫu."}
    assert "Gương mẫu" not in repr(entry.event)


def test_no_yearly_comment_is_given_and_none_is_missing(here: Province) -> None:
    referral = here.an_exempt()
    here.go_to_the_window()
    assert "comment_missing" not in findings(here.ward)
    command = Evaluate(referral, "weak", CRITERIA, "Nhận xét.")
    assert codes(refused(here, here.ward, command)) == ("not_allowed_in_state",)


def test_who_is_exempt_still_counts_as_referred(here: Province) -> None:
    here.an_exempt()
    found = here.operator.figures()
    assert found.counts["referred"] == 1
    assert found.states["referral"]["exempt"] == 1


@pytest.mark.parametrize("closes", ["end", "void"])
def test_an_end_or_a_void_ends_the_exemption_too(closes: str, here: Province) -> None:
    referral = here.an_exempt()
    if closes == "end":
        here.office.execute(End(referral, "retired"))
    else:
        here.superior.execute(Void(referral, WHY))
    assert timers(here, referral) == {}
    here.clock.pass_days(400)
    assert here.flow.tick().fired == 0
