"""What happened to a referral. Stored for ever: a change is a new version and an upcaster.

`cycle` is the cycle of the day when it happened. Personal words lie beside the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from referral_flow.domain.referral.state import Attendance, Paper


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


@frozen
class Submitted:
    """The paper was handed in, so many days late."""

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
