"""Every refusal of a referral: reached, complete, and without a trace."""

from __future__ import annotations

import pytest

from referral_flow import Refused
from referral_flow.commands import End, Issue
from referral_flow.domain.referral import guards
from referral_flow.domain.referral.lifecycle import REFERRAL
from tests.domain.referral.refusals import REFUSALS
from tests.domain.referral.table import REFUSED_WITH
from tests.support.cases import Case, codes_of, refusals_of
from tests.support.looking import codes, refused, unchanged
from tests.support.province import Province


@pytest.mark.parametrize("case", REFUSALS.all, ids=str)
def test_a_refusal_says_what_is_missing_and_changes_nothing(case: Case, anywhere: Province) -> None:
    asked = case.arrange(anywhere)
    found = refused(asked.where or anywhere, asked.desk, asked.command)
    assert codes(found) == (case.code, *asked.also)
    refusal = found[0]
    assert dict(refusal.data) == asked.data
    assert refusal.missing == asked.missing
    assert refusal.kind == "guard"
    for language in ("vi", "en"):
        assert Refused(found).says(language)


def test_every_code_of_the_guards_is_reached() -> None:
    every = {code for codes in codes_of(guards).values() for code in codes}
    assert every == {code for _, code in REFUSALS.reached}


def test_every_code_of_every_row_is_reached() -> None:
    assert refusals_of(REFERRAL, guards, by_people=False) == REFUSALS.reached
    assert {(c, code) for c, all in REFUSED_WITH.items() for code in all.split()} == (
        REFUSALS.reached
    )


def test_all_reasons_are_told_at_once(here: Province) -> None:
    here.an_issued("m-1")
    paper = here.a_paper(here.number_of(here.an_issued("m-2")))
    assert codes(refused(here, here.office, Issue("m-1", "w-2", paper))) == (
        "open_referral_exists",
        "not_a_residence_committee",
        "duplicate_paper",
    )


def test_many_commands_are_each_done_whole_or_refused_with_their_row(here: Province) -> None:
    paper = here.a_paper()
    many = here.office.execute_many(
        [
            Issue("m-1", "r-1", paper),
            Issue("m-1", "r-1", here.a_paper()),
            Issue("m-2", "r-1", paper),
            Issue("m-3", "r-1", here.a_paper()),
        ]
    )
    assert many.done == 2
    assert [(row.row, codes(row.refusals)) for row in many.refused] == [
        (1, ("open_referral_exists",)),
        (2, ("duplicate_paper",)),
    ]


def test_a_refused_end_of_many_leaves_the_member_in_the_group(here: Province) -> None:
    referral = here.an_active()
    with unchanged(here):
        many = here.office.execute_many([End(referral, "bored"), End(referral, "other")])
    assert many.done == 0
