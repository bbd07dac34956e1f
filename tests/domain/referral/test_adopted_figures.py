"""Figures count what was adopted from its first day on; an undo leaves them as they were (S56)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from referral_flow.commands import KnownPaper, PastEvaluation, State, UndoAdoption
from tests.domain.referral.table import OPEN_STATES
from tests.domain.referral.test_adopting import LATE, YEARS_AGO
from tests.domain.referral.ways import adopted
from tests.support.looking import codes, refused, timers
from tests.support.province import A_MONDAY, WHY, Province


def figures(here: Province, on: date) -> dict[str, int]:
    return dict(here.operator.figures(on=on).counts)


def test_figures_count_it_from_its_first_day_and_apart(anywhere: Province) -> None:
    here = anywhere
    adopted(here, "active", evaluation=PastEvaluation(2012, "good"), **LATE)
    here.an_issued()
    assert figures(here, YEARS_AGO - timedelta(days=1))["referred"] == 0
    assert figures(here, YEARS_AGO)["referred"] == 1
    in_2012 = figures(here, date(2012, 12, 31))
    assert (in_2012["referred"], in_2012["acts_well"], in_2012["adopted"]) == (1, 1, 1)
    today = figures(here, here.today)
    assert (today["referred"], today["adopted"], today["late"]) == (2, 1, 0)


def test_it_counts_as_adopted_for_as_long_as_it_counts(here: Province) -> None:
    referral = adopted(here, "submitted", member="m-1")
    here.brought(referral, "active")
    here.evaluate(referral)
    assert figures(here, here.today)["adopted"] == 1
    here.brought(referral, "ended")
    here.clock.pass_days(365)
    assert figures(here, here.today)["adopted"] == 0


@pytest.mark.parametrize("state", OPEN_STATES)
def test_an_undone_adoption_is_as_if_it_had_never_been(state: str, anywhere: Province) -> None:
    here = anywhere
    days = [YEARS_AGO, date(2012, 12, 31), here.today]
    before = [figures(here, day) for day in days]
    group = here.a_group()
    how = {"member": "m-1", "paper": KnownPaper("15/GT", YEARS_AGO), **LATE}
    if state in (State.ASSIGNED, State.ACTIVE):
        how["group"] = group
    referral = adopted(here, state, **how)
    undone = UndoAdoption(referral, on=YEARS_AGO, late_reason=WHY)
    assert here.operator.execute(undone).value.state == "void"
    assert [figures(here, day) for day in days] == before
    assert (timers(here, referral), here.ward.get(group).seats) == ({}, ())
    assert here.deliver() == ()
    assert adopted(here, state, **how) != referral
    assert figures(here, here.today)["adopted"] == 1


def test_what_was_reported_before_an_undo_can_be_had_again(here: Province) -> None:
    referral = adopted(here, "active", **LATE)
    then = here.clock.now
    here.clock.pass_days(1)
    here.operator.execute(UndoAdoption(referral, on=YEARS_AGO, late_reason=WHY))
    assert here.operator.figures(on=A_MONDAY, known_as_of=then).counts["referred"] == 1
    assert figures(here, A_MONDAY)["referred"] == 0


def test_neither_committee_undoes_nor_does_a_foreign_superior(here: Province) -> None:
    referral = adopted(here, "active")
    for desk, code in (
        (here.office, "not_permitted"),
        (here.ward, "not_permitted"),
        (here.desk("superior", "p-9"), "not_found"),
    ):
        assert codes(refused(here, desk, UndoAdoption(referral))) == (code,)
