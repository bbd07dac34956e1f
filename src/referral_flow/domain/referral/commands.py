"""What may be asked of a referral. Each command names the referral first, but Issue."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from referral_flow.domain.dates import Note
from referral_flow.domain.referral.state import Attendance, Paper, Referral
from referral_flow.engine import Command


@frozen
class Issue(Command[Referral]):
    """Issue a paper that introduces one member to one residence committee (S1)."""

    member: str
    residence: str
    paper: Paper


@frozen
class ReferralCommand(Command[Referral]):
    """Ask something of one referral."""

    referral: str

    @property
    def stream(self) -> str:
        return self.referral


@frozen
class Submit(ReferralCommand):
    """Record that the paper was handed in; a late one is accepted and marked (S3)."""

    paper_number: str


@frozen
class ReturnPaper(ReferralCommand):
    """Send a paper with wrong particulars back (S7)."""

    reason: str


@frozen
class Reissue(ReferralCommand):
    """Issue a returned paper again, under the same referral (S7)."""

    paper: Paper


@frozen
class Assign(ReferralCommand):
    """Put the member into a group of the residence area (S8-S10)."""

    group: str


@frozen
class Activate(ReferralCommand):
    """Record that the member takes part."""


@frozen
class Evaluate(ReferralCommand):
    """Comment on the member at year end: rating, criteria by name, words (S33).

    `reason` bears a rating that the recorded facts do not (S36).
    """

    rating: str
    criteria: Mapping[str, str]
    comment: str
    reason: str | None = None


@frozen
class Classify(ReferralCommand):
    """Record the class that the workplace gives (S34); `cycle` is that of `on` if not given."""

    classification: str
    cycle: int | None = None


@frozen
class Reopen(ReferralCommand):
    """Take an evaluation back, to do it again."""

    reason: str


@frozen
class OpenCycle(ReferralCommand):
    """Let a new cycle begin for an evaluated referral."""


@frozen
class Suspend(ReferralCommand):
    """Pause the referral."""

    reason: str


@frozen
class Resume(ReferralCommand):
    """Go on from where the referral was suspended."""


@frozen
class End(ReferralCommand):
    """End the referral for one of the rule set's reasons (S4, S58)."""

    reason: str
    words: str | None = None


@frozen
class Void(ReferralCommand):
    """Mark the referral as entered in error; it is kept and counts nowhere."""

    reason: str


@frozen
class NoteAttendance(ReferralCommand, Note):
    """Note how the member stood at a meeting; only a group's row calls it (S18)."""

    group: str
    meeting: str
    attendance: Attendance


@frozen
class NoteContribution(ReferralCommand, Note):
    """Note that the member contributed at a meeting; only a group's row calls it (S19)."""

    group: str
    meeting: str


@frozen
class TellOverdue(ReferralCommand):
    """Tell the next one of a paper that was not handed in; only a timer calls it (S4)."""

    step: str


@frozen
class NoteSettled(ReferralCommand, Note):
    """Note that such a message was delivered or given up; only the delivery calls it."""

    step: str
    outcome: str = field(default="accepted")
