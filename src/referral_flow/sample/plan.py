"""The plan of a province: numbers only, and they must add up."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import fields, frozen

from referral_flow.errors import ConfigurationError


class Fate(StrEnum):
    """How the year of a referral ends: each referral has exactly one of these."""

    GOOD = "good"
    IRREGULAR = "irregular"
    PASSIVE = "passive"
    NEVER_CAME = "never_came"
    UNCOMMENTED = "uncommented"
    UNGROUPED = "ungrouped"
    NEVER_SUBMITTED = "never_submitted"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    MOVED = "moved"
    RETIRED = "retired"


class Late(StrEnum):
    """How far the telling of an overdue paper had come when it was handed in after all."""

    REMINDED = "late_reminded"
    WORKPLACE_TOLD = "late_workplace_told"
    SUPERIOR_TOLD = "late_superior_told"


_PLACES = ("districts", "workplaces", "residences")
IN_A_GROUP = tuple(
    f for f in Fate if f not in (Fate.UNGROUPED, Fate.NEVER_SUBMITTED, Fate.RETURNED)
)
RATED = {
    Fate.GOOD: "good",
    Fate.IRREGULAR: "fair",
    Fate.PASSIVE: "fair",
    Fate.NEVER_CAME: "weak",
}


@frozen
class Plan:
    """What is to be made; `workplaces` and `residences` are those of each district.

    Raises ConfigurationError when the numbers do not add up.
    """

    members: int
    not_introduced: int
    referred: int
    districts: int
    workplaces: int
    residences: int

    # Each referral ends the year in one of these ways: together they are those referred.
    good: int
    """Came, spoke, rated good with all the evidence that the rule set asks for."""
    irregular: int = 0
    """Came to half of the meetings: rated fair (S18)."""
    passive: int = 0
    """Came and never contributed: rated fair (S19)."""
    never_came: int = 0
    """Was in a group and came to no meeting: rated weak (S36)."""
    uncommented: int = 0
    """Took part, and the residence committee gave no comment (S34)."""
    ungrouped: int = 0
    """Handed the paper in and was put into no group (S8)."""
    never_submitted: int = 0
    """Never handed the paper in: reminded, then workplace and superior were told (S4)."""
    returned: int = 0
    """The paper went back and was not issued again (S7)."""
    suspended: int = 0
    """Was suspended in summer, and still is."""
    moved: int = 0
    """Moved away: ended by the residence committee."""
    retired: int = 0
    """Retired: ended by the workplace committee (S58)."""

    # What went wrong on the way, among those who came into a group all the same.
    late_reminded: int = 0
    """Handed the paper in after the reminder (S3)."""
    late_workplace_told: int = 0
    """Handed it in after the workplace committee was told (S3, S4)."""
    late_superior_told: int = 0
    """Handed it in after the superior was told (S3, S4)."""
    reissued: int = 0
    """The paper went back once, was issued again and handed in in time (S7)."""
    entered_in_error: int = 0
    """A first paper was entered in error and made void: kept, counted nowhere."""

    # What was tried and refused.
    into_cell: int = 0
    """Was first put into the residential cell (S9)."""
    one_group_areas: int = 0
    """Areas, the most crowded first, that tried to put everybody into one group (S10)."""
    flattered: int = 0
    """Never came, and was first to be rated good (S36)."""
    classed_early: int = 0
    """Was to be classified before the residence committee had commented (S34)."""

    def __attrs_post_init__(self) -> None:
        problems = _problems(self)
        if problems:
            raise ConfigurationError(problem=f"the plan does not add up: {'; '.join(problems)}")

    @property
    def fates(self) -> Mapping[Fate, int]:
        """Give how many referrals end the year in each way."""
        return {fate: getattr(self, fate.value) for fate in Fate}

    @property
    def late(self) -> Mapping[Late, int]:
        """Give how many papers were handed in late, by who had been told."""
        return {late: getattr(self, late.value) for late in Late}

    @property
    def areas(self) -> int:
        """Give how many residence areas there are in all."""
        return self.districts * self.residences

    @property
    def in_groups(self) -> int:
        """Give how many come into a group."""
        return sum(self.fates[fate] for fate in IN_A_GROUP)

    @property
    def rated(self) -> int:
        """Give how many are rated at year end."""
        return sum(self.fates[fate] for fate in RATED)


def _problems(plan: Plan) -> list[str]:
    numbers = {f.name: getattr(plan, f.name) for f in fields(Plan)}
    below = [f"{name} is {number}" for name, number in numbers.items() if number < 0]
    missing = [f"there are no {name}" for name in _PLACES if numbers[name] == 0]
    ended = sum(plan.fates.values())
    if ended != plan.referred:
        missing.append(f"{plan.referred} are referred, and {ended} end the year in some way")
    late = sum(plan.late.values())
    on_the_way = late + plan.reissued + plan.entered_in_error + plan.into_cell
    bounds = (
        (plan.referred, "referred", plan.members - plan.not_introduced, "may be introduced"),
        (on_the_way, "went astray on the way", plan.in_groups, "come into a group"),
        (plan.flattered, "flattered", plan.never_came, "never came"),
        (plan.classed_early, "classed early", plan.rated, "are rated"),
        (plan.one_group_areas, "areas with one group", plan.areas, "are areas"),
    )
    beyond = [f"{n} {what}, and only {most} {among}" for n, what, most, among in bounds if n > most]
    return below or [*missing, *beyond]


def scaled(plan: Plan, by: int) -> Plan:
    """Give a plan of about one part in `by`; what happened at all still happens once.

    Raises ConfigurationError when nothing sensible is left.
    """
    if by < 1:
        raise ConfigurationError(problem=f"a plan is divided by 1 or more, not by {by}")

    def part(number: int) -> int:
        return number and max(1, number // by)

    numbers = {f.name: part(getattr(plan, f.name)) for f in fields(Plan)}
    for name in ("workplaces", "residences"):
        in_all = part(plan.districts * getattr(plan, name))
        numbers[name] = max(1, in_all // numbers["districts"])
    numbers["referred"] = sum(numbers[fate.value] for fate in Fate)
    return Plan(**numbers)


PLAN_SMALL = Plan(
    members=60,
    not_introduced=4,
    referred=25,
    districts=1,
    workplaces=2,
    residences=2,
    good=15,
    irregular=1,
    passive=1,
    never_came=1,
    uncommented=1,
    ungrouped=1,
    never_submitted=1,
    returned=1,
    suspended=1,
    moved=1,
    retired=1,
    late_reminded=1,
    late_workplace_told=1,
    late_superior_told=1,
    reissued=1,
    entered_in_error=1,
    into_cell=1,
    one_group_areas=1,
    flattered=1,
    classed_early=1,
)
