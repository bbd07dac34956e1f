"""Summer to year end: who pauses or leaves, the comments, the classes (S33, S34, S36, S58)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from referral_flow.domain.referral.commands import Classify, End, Evaluate, Suspend
from referral_flow.sample.people import Person
from referral_flow.sample.places import member_name
from referral_flow.sample.plan import RATED, Fate
from referral_flow.sample.work import Work
from referral_flow.sample.year import (
    CLASSIFY,
    CLASSIFY_EARLY,
    EVALUATE,
    MOVE,
    RETIRE,
    SUSPEND,
    Act,
    turn,
)

_CRITERIA = ("attendance", "contributions", "duties", "trust", "household")
_LEVELS = {
    Fate.GOOD: ("good", "good", "fair", "good", "good"),
    Fate.IRREGULAR: ("low", "fair", "fair", "fair", "good"),
    Fate.PASSIVE: ("good", "low", "fair", "fair", "good"),
    Fate.NEVER_CAME: ("low", "low", "low", "low", "fair"),
}
_COMMENTS = {
    Fate.GOOD: "dự sinh hoạt đều và có ý kiến đóng góp.",
    Fate.IRREGULAR: "dự sinh hoạt không đều.",
    Fate.PASSIVE: "có dự sinh hoạt nhưng không có ý kiến đóng góp.",
    Fate.NEVER_CAME: "không dự buổi sinh hoạt nào.",
}
_CLASSES = {"good": "good", "fair": "completed", "weak": "not_completed"}


def acts(work: Work) -> Iterator[Act]:
    """Give what each committee does from summer on, each kind of thing in its week."""
    for monday, step, do, places, fates in (
        (SUSPEND, "suspend", _suspend, work.at_home, (Fate.SUSPENDED,)),
        (MOVE, "end", _end_moved, work.at_home, (Fate.MOVED,)),
        (RETIRE, "end", _end_retired, work.at_work, (Fate.RETIRED,)),
        (CLASSIFY_EARLY, "classify", _classify_early, work.at_work, tuple(RATED)),
        (EVALUATE, "evaluate", _evaluate, work.at_home, tuple(RATED)),
        (CLASSIFY, "classify", _classify, work.at_work, tuple(RATED)),
    ):
        for place, (committee, everybody) in enumerate(places.items()):
            people = [person for person in everybody if person.fate in fates]
            if people:
                yield Act(turn(monday, place), step, partial(do, work, committee, people))


def _suspend(work: Work, residence: str, people: list[Person]) -> None:
    reason = "Điều trị bệnh dài ngày."
    work.do(work.residence(residence), (Suspend(p.referral, reason) for p in people))


def _end_moved(work: Work, residence: str, people: list[Person]) -> None:
    work.do(work.residence(residence), (End(p.referral, "moved") for p in people))


def _end_retired(work: Work, workplace: str, people: list[Person]) -> None:
    work.do(work.workplace(workplace), (End(p.referral, "retired") for p in people))


def _classify_early(work: Work, workplace: str, people: list[Person]) -> None:
    """Try to classify without asking the residence committee (S34)."""
    early = (Classify(p.referral, "good") for p in people if p.classed_early)
    work.do(work.workplace(workplace), early, refusing="residence_not_consulted")


def _evaluate(work: Work, residence: str, people: list[Person]) -> None:
    """Comment on everybody; who never came is first rated good for the sake of peace (S36)."""
    desk = work.residence(residence)
    kind = (_comment(p, "good") for p in people if p.flattered)
    work.do(desk, kind, refusing="unsupported_rating")
    work.do(desk, (_comment(person, RATED[person.fate]) for person in people))


def _comment(person: Person, rating: str) -> Evaluate:
    criteria = dict(zip(_CRITERIA, _LEVELS[person.fate], strict=True))
    words = f"{member_name(person.number)} {_COMMENTS[person.fate]}"
    return Evaluate(person.referral, rating, criteria, words)


def _classify(work: Work, workplace: str, people: list[Person]) -> None:
    """Give each the class that the comment bears; some of the good are excellent at work."""
    work.do(
        work.workplace(workplace),
        (Classify(person.referral, _class(person)) for person in people),
    )


def _class(person: Person) -> str:
    if person.fate is Fate.GOOD and person.number % 6 == 0:
        return "excellent"
    return _CLASSES[RATED[person.fate]]
