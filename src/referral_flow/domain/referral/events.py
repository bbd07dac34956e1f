"""What happened to a referral. Stored for ever: a change is a new version and an upcaster.

`cycle` is the cycle of the day when it happened. Personal words lie beside the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from referral_flow.domain.referral.state import Attendance, Exemption, Paper


@frozen
class Issued:
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


@frozen
class Submitted:
    """The paper was handed in, so many days late; the words beside are the receipt (S45)."""

    late_by: int
    cycle: int


@frozen
class Returned:
    """The paper went back."""

    cycle: int


@frozen
class Reissued:
    """The paper was issued again."""

    paper: Paper
    deadline: date
    cycle: int


@frozen
class AssignedToGroup:
    """The member was put into a group."""

    group: str
    cycle: int


@frozen
class Activated:
    """The member takes part."""

    cycle: int


@frozen
class AttendanceNoted:
    """The member was present, excused or absent at a meeting."""

    group: str
    meeting: str
    attendance: Attendance
    cycle: int


@frozen
class ContributionNoted:
    """The member contributed at a meeting."""

    group: str
    meeting: str
    cycle: int


@frozen
class OverdueTold:
    """Somebody was told of an overdue paper; `to` is None where nobody is there to tell."""

    step: str
    to: str | None
    cycle: int


@frozen
class TellingSettled:
    """Such a message was delivered, or given up."""

    step: str
    outcome: str
    cycle: int


@frozen
class Evaluated:
    """The residence committee gave its comment."""

    rating: str
    criteria: Mapping[str, str]
    reasoned: bool
    cycle: int
    recommendation: str | None = None


@frozen
class Classified:
    """The workplace committee gave its class."""

    classification: str
    cycle: int


@frozen
class Reopened:
    """The comment was taken back."""

    cycle: int


@frozen
class CycleOpened:
    """A new cycle began."""

    cycle: int


@frozen
class Suspended:
    """The referral was paused; `by` is the role that did it."""

    by: str
    cycle: int


@frozen
class Resumed:
    """The referral goes on."""

    cycle: int


@frozen
class Ended:
    """The referral ended."""

    reason: str
    cycle: int


@frozen
class Voided:
    """The referral was marked as entered in error."""

    cycle: int


@frozen
class Reassigned:
    """The member was put into another group."""

    group: str
    cycle: int


@frozen
class EvaluationCorrected:
    """The comment was corrected."""

    rating: str
    criteria: Mapping[str, str]
    reasoned: bool
    cycle: int


@frozen
class Countersigned:
    """The committee above the residence signed the comment."""

    by: str
    cycle: int


@frozen
class CommentRequested:
    """The workplace asked for the comment."""

    occasion: str
    due: date
    cycle: int


@frozen
class UnknownAnswered:
    """The residence answered that no paper was handed in and the member is not known."""

    cycle: int


@frozen
class RecommendationAnswered:
    """The workplace answered what the comment recommended; the words lie beside."""

    cycle: int


@frozen
class ClassProposed:
    """The workplace proposed a class that the comment does not bear: a conflict."""

    classification: str
    cycle: int


@frozen
class ReconcileOffered:
    """One side named the class that it would settle for."""

    classification: str
    by: str
    cycle: int


@frozen
class Reconciled:
    """The conflict was settled by this class."""

    classification: str
    by: str
    cycle: int


@frozen
class ConflictTold:
    """The superior was told of the conflict; `to` is None where nobody is there to tell."""

    to: str | None
    cycle: int


@frozen
class ViewStated:
    """The member stated a view; the words lie beside."""

    to: str
    cycle: int


@frozen
class ViewAnswered:
    """The committee answered it; the words lie beside."""

    cycle: int


@frozen
class Exempted:
    """The member need not attend meetings."""

    exemption: Exemption
    cycle: int


@frozen
class RequestAnswered:
    """A comment on an exempt member was given; purpose and words lie beside."""

    cycle: int


@frozen
class ExemptionLifted:
    """The member takes part again."""

    cycle: int


@frozen
class Amended:
    """What was recorded wrongly was amended; what is None stayed."""

    paper: Paper | None
    deadline: date | None
    submitted_on: date | None
    late_by: int
    cycle: int


@frozen
class HandedOver:
    """Another workplace committee took the referral over, from `former`."""

    workplace: str
    former: str
    cycle: int


@frozen
class Transferred:
    """The member was referred onward."""

    residence: str
    cycle: int


@frozen
class OnwardNoted:
    """This is the referral that follows."""

    onward: str
    cycle: int
