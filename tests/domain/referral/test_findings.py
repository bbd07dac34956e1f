"""What waits for whom, since when, and what settles it; what is settled disappears (S53)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import frozen

from referral_flow import Role
from referral_flow.commands import (
    Amend,
    AnswerRecommendation,
    AnswerRequest,
    AnswerUnknown,
    AnswerView,
    Countersign,
    End,
    Reconcile,
    Reissue,
    Reopen,
    RequestComment,
    StateView,
    ViewTo,
)
from referral_flow.domain.referral.findings import FINDINGS
from tests.domain.referral.table import OPEN_STATES
from tests.domain.referral.ways import adopted, desk_of
from tests.support.looking import findings, unchanged
from tests.support.province import IN_THE_WINDOW, NEW_YEAR, WHY, Province
from tests.support.rule_sets import OURS

RESIDENCE, WORKPLACE, SUPERIOR = "residence", "workplace", "superior"
BOTH = {RESIDENCE, WORKPLACE}
ALL = {*BOTH, SUPERIOR}

TOLD = {
    "paper_overdue": ALL,
    "no_deadline": {WORKPLACE},
    "never_submitted": ALL,
    "paper_late": ALL,
    "awaiting_reissue": {WORKPLACE},
    "awaiting_group": {RESIDENCE},
    "irregular_attendance": BOTH,
    "absent_in_a_row": BOTH,
    "never_contributed": BOTH,
    "comment_missing": BOTH,
    "awaiting_class": {WORKPLACE},
    "rating_with_written_reason": BOTH,
    "comment_requested": {RESIDENCE},
    "conflict": BOTH,
    "conflict_overdue": {SUPERIOR},
    "countersign_missing": {SUPERIOR},
    "recommendation_waits": {WORKPLACE},
    "view_waits": {RESIDENCE, WORKPLACE},  # whichever it is addressed to
}

Step = Callable[[Province], Any]


@frozen
class Story:
    """How a finding comes about: what was before, what brings it, what settles it."""

    code: str
    before: tuple[Step, ...]
    brings: Step
    settles: Step
    told: frozenset[str] | None = None

    def __str__(self) -> str:
        return self.code


def the(here: Province) -> str:
    """Give the one referral of the story."""
    (referral,) = here.superior.find()
    return str(referral.id)


# --- steps of the stories


def issued(here: Province) -> None:
    here.an_issued("m-1")
    here.deliver()


def submitted(here: Province) -> None:
    here.submitted(the(here))


def found_waiting_for_years(here: Province) -> None:
    adopted(here, "issued", member="m-1", on=here.today - timedelta(days=2000), late_reason=WHY)


def given_a_deadline(here: Province) -> None:
    here.office.execute(Amend(the(here), WHY, deadline=here.today + timedelta(days=9)))


def never_submitted(here: Province) -> None:
    here.office.execute(End(the(here), "never_submitted"))


def assigned(here: Province) -> None:
    if len(here.superior.find()) == 0:
        here.a_submitted("m-1")
    here.brought(the(here), "assigned")


def evaluated(here: Province) -> None:
    here.evaluate(the(here))


def reopened(here: Province) -> None:
    here.ward.execute(Reopen(the(here), WHY))


def came(here: Province) -> None:
    here.hold(here.group_of(the(here)), present=("m-1",))


def stayed_away(here: Province) -> None:
    here.hold(here.group_of(the(here)))


def spoke(here: Province) -> None:
    group = here.group_of(the(here))
    here.contribute(group, here.hold(group, present=("m-1",)), "m-1")


def exempt(here: Province) -> None:
    here.an_exempt("m-1")


def asked(here: Province) -> None:
    here.office.execute(RequestComment(the(here), "reward", here.today))


def proposed(here: Province) -> None:
    here.a_conflict(the(here))


def viewed(to: ViewTo) -> Step:
    return lambda here: here.the_member(the(here)).execute(StateView(the(here), WHY, to))


def evaluated_under_ours(here: Province) -> None:
    here.evaluate(here.a_submitted("m-1", rule_set=OURS))


def days(number: int) -> Step:
    """Give a step in which so many days pass, and all that is due is told."""
    return lambda here: here.a_day_passes(number)


def day(month: int, day: int) -> Step:
    return lambda here: here.clock.go_to(date(2013, month, day))


STORIES = [
    Story("no_deadline", (), found_waiting_for_years, given_a_deadline),
    Story("paper_overdue", (issued, days(30)), days(1), submitted),
    Story("paper_overdue", (issued, days(30)), days(1), never_submitted),
    Story("never_submitted", (issued, days(31), days(7)), days(14), submitted),
    Story("never_submitted", (issued, days(31), days(7)), days(14), never_submitted),
    Story("paper_late", (issued, days(31)), submitted, assigned),
    Story(
        "awaiting_reissue",
        (lambda here: here.a_submitted("m-1"),),
        lambda here: here.brought(the(here), "returned"),
        lambda here: here.office.execute(Reissue(the(here), here.a_paper())),
    ),
    Story("awaiting_group", (issued,), submitted, assigned),
    Story("irregular_attendance", (assigned, came, came), stayed_away, came),
    Story("absent_in_a_row", (assigned, stayed_away), stayed_away, came),
    Story("absent_in_a_row", (assigned, stayed_away), stayed_away, never_submitted),
    Story("never_contributed", (assigned, came), came, spoke),
    Story("comment_missing", (assigned, day(10, 31)), day(11, 1), evaluated),
    Story("comment_missing", (assigned, evaluated), reopened, evaluated),
    Story("awaiting_class", (assigned,), evaluated, lambda here: here.classify(the(here))),
    Story(
        "rating_with_written_reason",
        (assigned,),
        lambda here: here.evaluate(the(here), "good", reason=WHY),
        reopened,
    ),
    Story("comment_requested", (assigned, day(11, 2)), asked, evaluated),
    Story(
        "comment_requested",
        (issued,),
        asked,
        lambda here: here.ward.execute(AnswerUnknown(the(here))),
    ),
    Story(
        "comment_requested",
        (exempt,),
        asked,
        lambda here: here.ward.execute(AnswerRequest(the(here), "khen thưởng", WHY)),
    ),
    Story("conflict", (assigned, evaluated), proposed, lambda here: here.classify(the(here))),
    Story(
        "conflict",
        (
            assigned,
            evaluated,
        ),
        proposed,
        reopened,
    ),
    Story(
        "conflict_overdue",
        (assigned, evaluated, proposed, days(15)),
        days(1),
        lambda here: here.superior.execute(Reconcile(the(here), "completed", WHY)),
    ),
    Story(
        "countersign_missing",
        (),
        evaluated_under_ours,
        lambda here: here.superior.execute(Countersign(the(here))),
    ),
    Story(
        "recommendation_waits",
        (assigned,),
        lambda here: here.evaluate(the(here), recommendation="commend"),
        lambda here: here.office.execute(AnswerRecommendation(the(here), WHY)),
    ),
    Story(
        "view_waits",
        (assigned, evaluated),
        viewed(ViewTo.RESIDENCE),
        lambda here: here.ward.execute(AnswerView(the(here), WHY)),
        frozenset({RESIDENCE}),
    ),
    Story(
        "view_waits",
        (assigned, evaluated),
        viewed(ViewTo.WORKPLACE),
        lambda here: here.office.execute(AnswerView(the(here), WHY)),
        frozenset({WORKPLACE}),
    ),
]

PEOPLE = [role for role in Role if role is not Role.SYSTEM]


def those_told(here: Province, code: str) -> set[str]:
    """Give the roles on whose worklist a finding stands."""
    found = here.superior.find().items
    referral = str(found[0].id) if found else ""
    return {role for role in PEOPLE if code in findings(desk_of(here, role, referral))}


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_a_finding_comes_and_goes_for_those_whom_it_names(story: Story, anywhere: Province) -> None:
    here = anywhere
    for step in story.before:
        step(here)
    assert those_told(here, story.code) == set()
    story.brings(here)
    assert those_told(here, story.code) == (story.told or TOLD[story.code])
    for outsider in (here.other_office, here.other_ward, here.desk(Role.SUPERIOR, "p-9")):
        assert outsider.worklist() == []
    story.settles(here)
    assert those_told(here, story.code) == set()


def test_every_finding_has_a_story_and_tells_whom_the_domain_says() -> None:
    found: dict[str, set[str]] = {}
    for finding in FINDINGS:
        found.setdefault(finding.code, set()).update(map(str, finding.tell))
    assert found == TOLD
    assert {story.code for story in STORIES} == TOLD.keys()


def test_looking_at_the_worklist_changes_nothing(anywhere: Province) -> None:
    anywhere.an_issued()
    anywhere.clock.pass_days(40)
    with unchanged(anywhere):
        assert anywhere.office.worklist()


def test_an_item_says_what_since_when_and_how_it_is_settled(here: Province) -> None:
    referral = here.an_issued()
    deadline = here.office.get(referral).timeline.deadline
    here.clock.pass_days(40)
    (item,) = here.office.worklist()
    assert (item.finding, item.rule, item.kind) == ("paper_overdue", "S2", "referral")
    assert (item.stream, item.since, item.data["days"]) == (referral, deadline, 10)
    assert item.resolve == ("submit", "end")


def test_the_oldest_comes_first(here: Province) -> None:
    issued = []
    for _ in range(3):
        issued.append(here.an_issued())
        here.clock.pass_days(5)
    here.clock.pass_days(60)
    assert [item.stream for item in here.office.worklist()] == issued
    assert len(here.office.worklist(limit=2)) == 2


def test_a_paper_issued_again_is_overdue_by_its_new_deadline(here: Province) -> None:
    referral = here.in_state("returned")
    here.clock.pass_days(60)
    assert "paper_overdue" not in findings(here.office)
    here.office.execute(Reissue(referral, here.a_paper()))
    here.clock.pass_days(30)
    assert "paper_overdue" not in findings(here.office)
    here.clock.pass_days(1)
    assert "paper_overdue" in findings(here.office)


def test_an_overdue_paper_is_found_by_asking_for_it_too(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    here.clock.go_to(here.office.get(referral).timeline.deadline, hour=23)
    assert len(here.office.find(overdue=True)) == 0
    assert "paper_overdue" not in findings(here.office)
    here.clock.pass_days(2 / 24)
    assert [found.id for found in here.office.find(overdue=True)] == [referral]
    assert "paper_overdue" in findings(here.office)
    here.submitted(referral)
    assert len(here.office.find(overdue=True)) == 0


@pytest.mark.parametrize("state", OPEN_STATES)
def test_nothing_waits_for_anybody_when_the_referral_has_ended(state: str, here: Province) -> None:
    referral = here.in_state(state)
    here.office.execute(End(referral, "duty_over"))
    here.clock.pass_days(400)
    for desk in (here.office, here.ward, here.superior):
        assert {item for item in desk.worklist() if item.kind == "referral"} == set()


def test_a_comment_is_missing_only_as_long_as_its_year(here: Province) -> None:
    here.an_active()
    here.clock.go_to(NEW_YEAR - timedelta(days=1))
    assert "comment_missing" in findings(here.ward)
    here.clock.go_to(NEW_YEAR)
    assert "comment_missing" not in findings(here.ward)


@pytest.mark.parametrize("state", ["issued", "returned"])
def test_no_comment_is_missing_of_one_who_did_not_hand_the_paper_in(
    state: str, here: Province
) -> None:
    here.in_state(state)
    here.clock.go_to(IN_THE_WINDOW)
    assert "comment_missing" not in findings(here.ward)


def test_a_rating_that_the_facts_bear_is_no_finding(here: Province) -> None:
    assigned(here)
    spoke(here)
    here.evaluate(the(here), "good", reason=WHY)
    assert "rating_with_written_reason" not in findings(here.office)
