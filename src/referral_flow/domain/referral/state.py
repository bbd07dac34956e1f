"""A referral as it stands."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from msgspec import Meta

from referral_flow.engine.record import Record

Day = date
"""A day, for a field that is called `date` itself."""


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


class Paper(Record):
    """The introduction paper: its number and the day that it bears."""

    number: Annotated[str, Meta(pattern=r"\S", max_length=80)]
    date: date


class KnownPaper(Record):
    """What is known of the paper: all of it, unless the referral was adopted (S56)."""

    number: Annotated[str, Meta(pattern=r"\S", max_length=80)] | None = None
    date: Day | None = None

    @classmethod
    def of(cls, paper: Paper) -> Self:
        """Give a paper of which everything is known."""
        return cls(paper.number, paper.date)


class ViewTo(StrEnum):
    """The committee that a member's view is addressed to."""

    RESIDENCE = "residence"
    WORKPLACE = "workplace"


class Exemption(Record):
    """Why a member need not attend meetings, and until when; written on the paper or later."""

    ground: str
    until: date | None = None


class Parties(Record):
    """The member, the committee that issues and the committee that receives."""

    member: str
    workplace: str
    residence: str


class Timeline(Record):
    """Days that matter: `last_step` is that of the last change of state.

    Of an adopted referral the day of issue and the deadline may be unknown. `late_by`
    counts the days after the deadline at which the paper was submitted; `told` is the last
    step of the reminding of an overdue paper (S4). `counted_on` is the day of a later event
    that left the state, and changed what figures count.
    """

    issued_on: date | None
    deadline: date | None
    last_step: date
    submitted_on: date | None = None
    late_by: int = 0
    told: str | None = None
    counted_on: date | None = None


class Place(Record):
    """The group, and the states that a suspension or an evaluation leads back to."""

    group: str | None = None
    suspended_from: State | None = None
    suspended_by: str | None = None
    evaluated_from: State | None = None


class TakingPart(Record):
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


class Request(Record):
    """The workplace asks for the comment (S46); `unknown` is the answer "not known here"."""

    cycle: int
    occasion: str
    due: date
    unknown: bool = False


class Conflict(Record):
    """A class at work that the comment at home does not bear (S35).

    `proposed` is that class; `offer` is what one side, `offered_by`, would settle for.
    """

    proposed: str
    since: date
    offer: str | None = None
    offered_by: str | None = None


class View(Record):
    """The member's own view, and the committee that it is addressed to (S38)."""

    to: str
    since: date
    answered: bool = False


class YearEnd(Record):
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


class PastEvaluation(Record):
    """The cycle of a comment given before the adoption, and its rating if known (S56)."""

    cycle: int
    rating: str | None = None


class Adoption(Record):
    """How a referral that was under way came to be here (S56).

    `on` is the day of adoption, `since` that from which it was in the state in which it
    was found, None where nobody knows. `as_found` says that it still is in that state,
    `touched` that anything was recorded since. `row` is its place in the `batch`.
    """

    on: date
    since: date | None = None
    batch: str | None = None
    row: str | None = None
    as_found: bool = True
    touched: bool = False


class Links(Record):
    """The referral that this one follows, and the one that follows it, after a move."""

    origin: str | None = None
    onward: str | None = None


class Referral(Record):
    """One member's referral from a workplace committee to a residence committee."""

    id: str
    state: State
    rule_set: str
    parties: Parties
    paper: KnownPaper
    timeline: Timeline
    place: Place
    taking_part: TakingPart
    year_end: YearEnd
    ended_for: str | None = None
    taking_part_before: TakingPart | None = None
    exemption: Exemption | None = None
    request: Request | None = None
    links: Links = Links()
    adoption: Adoption | None = None

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
    def last_step(self) -> date:
        """Give the day of the last event that figures count: nothing may go before it (S55)."""
        return self.timeline.counted_on or self.timeline.last_step

    @property
    def counted(self) -> tuple[str, YearEnd, bool]:
        """Give what figures count it by, besides its state."""
        year = YearEnd(self.year_end.cycle, self.year_end.rating)
        return self.workplace, year, self.timeline.late_by > 0

    @property
    def since(self) -> date | None:
        """Give the day from which it is in its state; None where nobody knows (S56)."""
        found = self.adoption
        if found is not None and found.as_found:
            return found.since
        return self.timeline.last_step

    @property
    def is_as_found(self) -> bool:
        """Say whether it was adopted and is still in the state in which it was found."""
        return self.adoption is not None and self.adoption.as_found
