"""What happened to a referral. Stored for ever: a change is a new version and an upcaster.

`cycle` is the cycle of the day when it happened. Personal words lie beside the event.
"""

from collections.abc import Mapping
from datetime import date

from referral_flow.domain.referral.state import (
    Attendance,
    Exemption,
    KnownPaper,
    Paper,
    PastEvaluation,
    State,
)
from referral_flow.engine.record import Record


class Issued(Record):
    """A paper was issued."""

    member: str
    workplace: str
    residence: str
    paper: Paper
    deadline: date
    rule_set: str
    cycle: int
    exemption: Exemption | None = None
    origin: str | None = None


class Submitted(Record):
    """The paper was handed in, so many days late; the words beside are the receipt (S45)."""

    late_by: int
    cycle: int


class Returned(Record):
    """The paper went back."""

    cycle: int


class Reissued(Record):
    """The paper was issued again."""

    paper: Paper
    deadline: date
    cycle: int


class AssignedToGroup(Record):
    """The member was put into a group."""

    group: str
    cycle: int


class Activated(Record):
    """The member takes part."""

    cycle: int


class AttendanceNoted(Record):
    """The member was present, excused or absent at a meeting."""

    group: str
    meeting: str
    attendance: Attendance
    cycle: int


class ContributionNoted(Record):
    """The member contributed at a meeting."""

    group: str
    meeting: str
    cycle: int


class OverdueTold(Record):
    """Somebody was told of an overdue paper; `to` is None where nobody is there to tell."""

    step: str
    to: str | None
    cycle: int


class TellingSettled(Record):
    """Such a message was delivered, or given up."""

    step: str
    outcome: str
    cycle: int


class Evaluated(Record):
    """The residence committee gave its comment."""

    rating: str
    criteria: Mapping[str, str]
    reasoned: bool
    cycle: int
    recommendation: str | None = None


class Classified(Record):
    """The workplace committee gave its class."""

    classification: str
    cycle: int


class Reopened(Record):
    """The comment was taken back."""

    cycle: int


class CycleOpened(Record):
    """A new cycle began."""

    cycle: int


class Suspended(Record):
    """The referral was paused; `by` is the role that did it."""

    by: str
    cycle: int


class Resumed(Record):
    """The referral goes on."""

    cycle: int


class Ended(Record):
    """The referral ended."""

    reason: str
    cycle: int


class Voided(Record):
    """The referral was marked as entered in error."""

    cycle: int


class Reassigned(Record):
    """The member was put into another group."""

    group: str
    cycle: int


class EvaluationCorrected(Record):
    """The comment was corrected."""

    rating: str
    criteria: Mapping[str, str]
    reasoned: bool
    cycle: int


class Countersigned(Record):
    """The committee above the residence signed the comment."""

    by: str
    cycle: int


class CommentRequested(Record):
    """The workplace asked for the comment."""

    occasion: str
    due: date
    cycle: int


class UnknownAnswered(Record):
    """The residence answered that no paper was handed in and the member is not known."""

    cycle: int


class RecommendationAnswered(Record):
    """The workplace answered what the comment recommended; the words lie beside."""

    cycle: int


class ClassProposed(Record):
    """The workplace proposed a class that the comment does not bear: a conflict."""

    classification: str
    cycle: int


class ReconcileOffered(Record):
    """One side named the class that it would settle for."""

    classification: str
    by: str
    cycle: int


class Reconciled(Record):
    """The conflict was settled by this class."""

    classification: str
    by: str
    cycle: int


class ConflictTold(Record):
    """The superior was told of the conflict; `to` is None where nobody is there to tell."""

    to: str | None
    cycle: int


class ViewStated(Record):
    """The member stated a view; the words lie beside."""

    to: str
    cycle: int


class ViewAnswered(Record):
    """The committee answered it; the words lie beside."""

    cycle: int


class Exempted(Record):
    """The member need not attend meetings."""

    exemption: Exemption
    cycle: int


class RequestAnswered(Record):
    """A comment on an exempt member was given; purpose and words lie beside."""

    cycle: int


class ExemptionLifted(Record):
    """The member takes part again."""

    cycle: int


class Amended(Record):
    """What was recorded wrongly was amended; what is None stayed."""

    paper: Paper | None
    deadline: date | None
    submitted_on: date | None
    late_by: int
    cycle: int


class HandedOver(Record):
    """Another workplace committee took the referral over, from `former`."""

    workplace: str
    former: str
    cycle: int


class Transferred(Record):
    """The member was referred onward."""

    residence: str
    cycle: int


class OnwardNoted(Record):
    """This is the referral that follows."""

    onward: str
    cycle: int


class Adopted(Record):
    """A referral under way was adopted as it was found; what is None is not known.

    `since` is the day from which it was in its state, `adopted_on` the day of adoption;
    `deadline` is one that has not passed by then.
    """

    member: str
    workplace: str
    residence: str
    paper: KnownPaper
    since: date | None
    adopted_on: date
    deadline: date | None
    came_from: State | None
    evaluation: PastEvaluation | None
    group: str | None
    exemption: Exemption | None
    batch: str | None
    row: str | None
    rule_set: str
    cycle: int


class AdoptionUndone(Record):
    """The adoption was undone."""

    cycle: int
