"""The papers: issued, handed in, late, sent back, issued again (S1-S4, S7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from referral_flow.domain.referral.commands import Issue, Reissue, ReturnPaper, Submit, Void
from referral_flow.domain.referral.state import Paper
from referral_flow.sample.people import Person
from referral_flow.sample.plan import Fate, Late
from referral_flow.sample.work import Work
from referral_flow.sample.year import (
    ISSUE,
    REISSUE,
    RETURN,
    SUBMIT,
    SUBMIT_REISSUED,
    SUBMIT_REMINDED,
    SUBMIT_SUPERIOR_TOLD,
    SUBMIT_WORKPLACE_TOLD,
    Act,
    turn,
)

_LATE_ON = {
    Late.REMINDED: SUBMIT_REMINDED,
    Late.WORKPLACE_TOLD: SUBMIT_WORKPLACE_TOLD,
    Late.SUPERIOR_TOLD: SUBMIT_SUPERIOR_TOLD,
}


def acts(work: Work) -> Iterator[Act]:
    """Give what is done with papers, committee by committee."""
    for place, (workplace, people) in enumerate(work.at_work.items()):
        day = turn(ISSUE, place)
        yield Act(day, "issue", partial(_issue, work, workplace, people, day))
        if again := [person for person in people if person.reissued]:
            day = turn(REISSUE, place)
            yield Act(day, "reissue", partial(_reissue, work, workplace, again, day))
    for place, (residence, people) in enumerate(work.at_home.items()):
        for late, number in _handed_in(people).items():
            day = turn(SUBMIT, place) if late is None else _LATE_ON[late]
            yield Act(day, "submit", partial(_submit, work, residence, number))
        back = [p for p in people if p.reissued or p.fate is Fate.RETURNED]
        if back:
            yield Act(turn(RETURN, place), "return", partial(_return, work, residence, back))
        if again := [person for person in back if person.reissued]:
            day = turn(SUBMIT_REISSUED, place)
            yield Act(day, "submit", partial(_submit_again, work, residence, again))


def _handed_in(people: Iterable[Person]) -> dict[Late | None, list[Person]]:
    found: dict[Late | None, list[Person]] = {}
    for person in people:
        if person.fate is not Fate.NEVER_SUBMITTED:
            found.setdefault(person.late, []).append(person)
    return found


def _issue(work: Work, workplace: str, people: list[Person], day: date) -> None:
    desk = work.workplace(workplace)
    wrong = [person for person in people if person.in_error]
    if wrong:
        papers = [Issue(p.member, p.residence, Paper(f"{p.paper}-S", day)) for p in wrong]
        work.do(desk, papers, _keep(wrong))
        work.do(desk, (Void(p.referral, "Ghi nhầm số giấy giới thiệu.") for p in wrong))
    papers = [Issue(p.member, p.residence, Paper(p.paper, day)) for p in people]
    work.do(desk, papers, _keep(people))


def _keep(people: list[Person]) -> Callable[[int, Any], None]:
    def keep(row: int, referral: Any) -> None:
        people[row].referral = referral.id

    return keep


def _submit(work: Work, residence: str, people: list[Person]) -> None:
    work.do(work.residence(residence), (Submit(p.referral, p.paper) for p in people))


def _return(work: Work, residence: str, people: list[Person]) -> None:
    reason = "Ghi sai nơi cư trú trên giấy giới thiệu."
    work.do(work.residence(residence), (ReturnPaper(p.referral, reason) for p in people))


def _reissue(work: Work, workplace: str, people: list[Person], day: date) -> None:
    work.do(
        work.workplace(workplace), (Reissue(p.referral, Paper(p.new_paper, day)) for p in people)
    )


def _submit_again(work: Work, residence: str, people: list[Person]) -> None:
    work.do(work.residence(residence), (Submit(p.referral, p.new_paper) for p in people))
