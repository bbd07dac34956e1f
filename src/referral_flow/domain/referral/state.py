"""A referral as it stands."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from attrs import frozen
from msgspec import Meta


class State(StrEnum):
    """Where a referral stands; late, overdue and in conflict are findings, not states."""

    ISSUED = "issued"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ASSIGNED = "assigned"
    ACTIVE = "active"
    EVALUATED = "evaluated"
    SUSPENDED = "suspended"
    ENDED = "ended"
    VOID = "void"


CLOSED = (State.ENDED, State.VOID)


class Attendance(StrEnum):
    """How one member stood at one meeting (S18)."""

    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


@frozen
class Paper:
    """The introduction paper: its number and the day that it bears."""

    number: Annotated[str, Meta(pattern=r"\S", max_length=80)]
    date: date


@frozen
class Parties:
    """The member, the committee that issues and the committee that receives."""

    member: str
    workplace: str
    residence: str


@frozen
class Timeline:
    """Days that matter: `last_step` is that of the last change of state.

    `late_by` counts the days after the deadline at which the paper was submitted; `told`
    is the last step of the reminding of an overdue paper (S4).
    """

    issued_on: date
    deadline: date
    last_step: date
    submitted_on: date | None = None
    late_by: int = 0
    told: str | None = None


@frozen
class Place:
    """The group, and the states that a suspension or an evaluation leads back to."""

    group: str | None = None
    suspended_from: State | None = None
    suspended_by: str | None = None
    evaluated_from: State | None = None


@frozen
class TakingPart:
    """What was recorded in one cycle; counters start anew with the next."""

    cycle: int
    called: int = 0
    present: int = 0
    excused: int = 0
    absent_in_a_row: int = 0
    contributions: int = 0
    duties_done: int = 0

    @property
    def rate(self) -> int | None:
        """Give the percent present of those called and not excused; None without any."""
        expected = self.called - self.excused
        return None if expected <= 0 else self.present * 100 // expected


@frozen
class YearEnd:
    """Comment and class of one cycle; `reasoned` marks a rating borne by words (S36)."""

    cycle: int
    rating: str | None = None
    reasoned: bool = False
    classification: str | None = None


@frozen
class Referral:
    """One member's referral from a workplace committee to a residence committee."""

    id: str
    state: State
    rule_set: str
    parties: Parties
    paper: Paper
    timeline: Timeline
    place: Place
    taking_part: TakingPart
    year_end: YearEnd

    @property
    def member(self) -> str:
        """Give the member's id."""
        return self.parties.member

    @property
    def workplace(self) -> str:
        """Give the id of the committee that issued the paper."""
        return self.parties.workplace

    @property
    def residence(self) -> str:
        """Give the id of the committee that receives."""
        return self.parties.residence

    @property
    def group(self) -> str | None:
        """Give the id of the group, if the member is in one."""
        return self.place.group

    @property
    def rating(self) -> str | None:
        """Give the rating of the cycle in `year_end`."""
        return self.year_end.rating

    @property
    def last_step(self) -> date:
        """Give the day of the last event that changed the state."""
        return self.timeline.last_step
