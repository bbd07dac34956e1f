"""Build a made province, day by day, through commands only. Read this file first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import groupby

from attrs import frozen

from referral_flow.application.flow import ReferralFlow
from referral_flow.errors import ConfigurationError
from referral_flow.ports import Clock
from referral_flow.sample import groups, meetings, papers, register, year_end
from referral_flow.sample.people import Person
from referral_flow.sample.places import PROVINCE
from referral_flow.sample.plan import Fate, Plan
from referral_flow.sample.work import Work
from referral_flow.sample.year import DAY, END, REGISTER, Act, MovingClock

Progress = Callable[[str, int, int], None]

_STORIES = (Fate.GOOD, Fate.NEVER_SUBMITTED, Fate.RETURNED, Fate.PASSIVE)


@frozen
class Story:
    """A referral worth looking at, and the two committees that see it."""

    fate: Fate
    referral: str
    member: str
    workplace: str
    residence: str


@frozen
class Built:
    """What was made: counts, a few ids, and the moment at which it ends.

    `refused` counts what was tried and refused, by code; `told` the timers that fired;
    `committees` gives ids by role, the one that tells most first.
    """

    plan: Plan
    ended_at: datetime
    done: int
    refused: Mapping[str, int]
    told: int
    delivered: int
    stories: tuple[Story, ...]
    committees: Mapping[str, tuple[str, ...]]


def build(
    open_flow: Callable[[Clock], ReferralFlow], plan: Plan, progress: Progress | None = None
) -> Built:
    """Make the province of `plan` in an empty store, over the days of 2013.

    `open_flow` opens a flow with the clock that it is given; it is closed at the end.
    `progress` hears a step's name, how much of it is done and how much there is.

    Raises ConfigurationError for a store that has streams already.
    """
    clock = MovingClock()
    with open_flow(clock) as flow:
        streams = flow.check().streams
        if streams:
            problem = f"the store has {streams} streams already, name a new one"
            raise ConfigurationError(problem=problem)
        work = Work(flow, plan)
        told, delivered = _live(flow, clock, _acts(work), progress)
        return Built(
            plan,
            clock(),
            work.done,
            dict(work.refused),
            told,
            delivered,
            _stories(work.people),
            _committees(work),
        )


def _acts(work: Work) -> list[Act]:
    """Give everything that is done, in the order of days."""
    rooms = (register, papers, groups, meetings, year_end)
    return sorted((act for room in rooms for act in room.acts(work)), key=lambda act: act.day)


def _live(
    flow: ReferralFlow, clock: MovingClock, acts: list[Act], progress: Progress | None
) -> tuple[int, int]:
    """Live through the year: committees work, then timers fire and messages go out."""
    told = delivered = 0
    total = Counter(act.step for act in acts)
    done: Counter[str] = Counter()
    by_day = {day: list(of_day) for day, of_day in groupby(acts, key=lambda act: act.day)}
    day = REGISTER
    while day <= END:
        clock.morning(day)
        for act in by_day.get(day, ()):
            act.do()
            # What is made after another has a later id, and lies behind it in the store.
            clock.go_on()
            done[act.step] += 1
            if progress is not None:
                progress(act.step, done[act.step], total[act.step])
        clock.afternoon(day)
        told += flow.tick().fired
        delivered += flow.deliver().accepted
        day += DAY
    return told, delivered


def _stories(people: list[Person]) -> tuple[Story, ...]:
    """Give three referrals of different fates, as plain ones as there are."""
    plain = {p.fate: p for p in reversed(people) if not (p.late or p.reissued or p.in_error)}
    told = [plain[fate] for fate in _STORIES if fate in plain]
    return tuple(Story(p.fate, p.referral, p.member, p.workplace, p.residence) for p in told[:3])


def _committees(work: Work) -> Mapping[str, tuple[str, ...]]:
    """Give ids by role; those with the papers that were never handed in come first."""
    overdue = [p for p in work.people if p.fate is Fate.NEVER_SUBMITTED]
    return {
        "superior": (PROVINCE, *work.places.districts),
        "workplace": tuple(dict.fromkeys([*(p.workplace for p in overdue), *work.at_work])),
        "residence": tuple(dict.fromkeys([*(p.residence for p in overdue), *work.at_home])),
    }
