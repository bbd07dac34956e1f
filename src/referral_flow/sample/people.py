"""The referred members of a made province: what is to happen to each, and their groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from random import Random

from attrs import define

from referral_flow.domain.referral.state import Attendance
from referral_flow.sample.places import Places, member_id
from referral_flow.sample.plan import IN_A_GROUP, RATED, Fate, Late, Plan
from referral_flow.sample.year import MEETINGS, MOVE, RETIRE, SUSPEND

LARGEST_GROUP = 15
_LEFT = {Fate.MOVED: MOVE, Fate.RETIRED: RETIRE}
_SILENT = (Fate.PASSIVE, Fate.NEVER_CAME)
_SEED = 22


@define(eq=False)
class Person:
    """One referred member: what is to happen, and the referral once it is there."""

    number: int
    workplace: str
    residence: str
    fate: Fate
    late: Late | None = None
    reissued: bool = False
    in_error: bool = False
    into_cell: bool = False
    flattered: bool = False
    classed_early: bool = False
    referral: str = ""

    @property
    def member(self) -> str:
        """Give the member's id."""
        return member_id(self.number)

    @property
    def paper(self) -> str:
        """Give the number of the first paper."""
        return f"{self.number:05d}/GT"

    @property
    def new_paper(self) -> str:
        """Give the number of the paper that was issued again."""
        return f"{self.paper}-2"

    @property
    def is_grouped(self) -> bool:
        """Say whether the member comes into a group."""
        return self.fate in IN_A_GROUP

    def stood(self, meeting: int) -> Attendance:
        """Say how the member stands at a meeting of the year, by its place in `MEETINGS`.

        Most miss one of the four at most: the three quarters that a rating of good asks for.
        """
        if self.fate is Fate.NEVER_CAME:
            return Attendance.ABSENT
        if self.fate is Fate.IRREGULAR:
            return Attendance.ABSENT if meeting % 2 else Attendance.PRESENT
        if self.fate is Fate.SUSPENDED and MEETINGS[meeting] > SUSPEND:
            return Attendance.EXCUSED
        if self.number % (len(MEETINGS) + 1) != meeting:
            return Attendance.PRESENT
        return Attendance.EXCUSED if self.number % 2 else Attendance.ABSENT

    def speaks(self, meeting: int) -> bool:
        """Say whether the member contributes at a meeting: at the first one attended."""
        if self.fate in _SILENT or self.stood(meeting) is not Attendance.PRESENT:
            return False
        return all(self.stood(before) is not Attendance.PRESENT for before in range(meeting))


@define(eq=False)
class MadeGroup:
    """A group as the builder knows it; `meeting` is the one that comes next."""

    id: str
    venue: str
    people: list[Person]
    meeting: str = ""

    def members(self, day: date) -> list[Person]:
        """Give those who have not left by a day."""
        return [p for p in self.people if p.fate not in _LEFT or day < _LEFT[p.fate]]


def even(people: Sequence[Person]) -> list[Sequence[Person]]:
    """Spread people over as few groups as the limit allows, of sizes that differ by one."""
    groups = -(-len(people) // LARGEST_GROUP)
    return [people[group::groups] for group in range(groups)]


def referred(plan: Plan, places: Places) -> list[Person]:
    """Give the referred members; the same plan gives the same ones."""
    fates = [fate for fate, number in plan.fates.items() for _ in range(number)]
    chance = Random(_SEED)
    chance.shuffle(fates)
    people = [
        Person(number, places.workplace(number), places.residence(number), fate)
        for number, fate in enumerate(fates, 1)
    ]
    _send_astray(plan, chance.sample(people, len(people)))
    return people


def _send_astray(plan: Plan, people: list[Person]) -> None:
    """Choose who meets with the mistakes on the way: the first that fit."""
    grouped = iter([person for person in people if person.is_grouped])
    for late, number in plan.late.items():
        for person in islice(grouped, number):
            person.late = late
    for person in islice(grouped, plan.reissued):
        person.reissued = True
    for person in islice(grouped, plan.entered_in_error):
        person.in_error = True
    for person in islice(grouped, plan.into_cell):
        person.into_cell = True
    for person in [p for p in people if p.fate is Fate.NEVER_CAME][: plan.flattered]:
        person.flattered = True
    for person in [p for p in people if p.fate in RATED][: plan.classed_early]:
        person.classed_early = True
