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
    EXEMPT = "exempt"
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


class ViewTo(StrEnum):
    """The committee that a member's view is addressed to."""

    RESIDENCE = "residence"
    WORKPLACE = "workplace"


@frozen
class Exemption:
    """Why a member need not attend meetings, and until when; written on the paper or later."""

    ground: str
    until: date | None = None


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
    is the last step of the reminding of an overdue paper (S4). `counted_on` is the day of a
    later event that left the state, and changed what figures count.
    """

    issued_on: date
    deadline: date
    last_step: date
    submitted_on: date | None = None
    late_by: int = 0
    told: str | None = None
    counted_on: date | None = None


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
class Request:
    """The workplace asks for the comment (S46); `unknown` is the answer "not known here"."""

    cycle: int
    occasion: str
    due: date
    unknown: bool = False


@frozen
class Conflict:
    """A class at work that the comment at home does not bear (S35).

    `proposed` is that class; `offer` is what one side, `offered_by`, would settle for.
    """

    proposed: str
    since: date
    offer: str | None = None
    offered_by: str | None = None


@frozen
class View:
    """The member's own view, and the committee that it is addressed to (S38)."""

    to: str
    since: date
    answered: bool = False


@frozen
class YearEnd:
    """Comment and class of one cycle; `reasoned` marks a rating borne by words (S36)."""

    cycle: int
    rating: str | None = None
    reasoned: bool = False
    classification: str | None = None
    recommendation: str | None = None
    recommendation_answered: bool = False
    countersigned: bool = False
    conflict: Conflict | None = None
    view: View | None = None

    @property
    def recommends(self) -> bool:
        """Say whether praise or a call for handling waits for its answer (S48)."""
        nothing = self.recommendation in (None, "nothing")
        return not nothing and not self.recommendation_answered


@frozen
class Links:
    """The referral that this one follows, and the one that follows it, after a move."""

    origin: str | None = None
    onward: str | None = None


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
    ended_for: str | None = None
    taking_part_before: TakingPart | None = None
    exemption: Exemption | None = None
    request: Request | None = None
    links: Links = Links()

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

    def part_in(self, cycle: int) -> TakingPart:
        """Give what was recorded in a cycle: the present one, or the one before."""
        for part in (self.taking_part, self.taking_part_before):
            if part is not None and part.cycle == cycle:
                return part
        return TakingPart(cycle)

    @property
    def rating(self) -> str | None:
        """Give the rating of the cycle in `year_end`."""
        return self.year_end.rating

    @property
    def since(self) -> date:
        """Give the day since which it is in its state."""
        return self.timeline.last_step

    @property
    def last_step(self) -> date:
        """Give the day of the last event that figures count: nothing may go before it (S55)."""
        return self.timeline.counted_on or self.timeline.last_step

    @property
    def counted(self) -> tuple[str, YearEnd, bool]:
        """Give what figures count it by, besides its state."""
        year = YearEnd(self.year_end.cycle, self.year_end.rating)
        return self.workplace, year, self.timeline.late_by > 0
