"""What may be asked of a referral. Each command names the referral first, but Issue."""

from collections.abc import Mapping
from datetime import date

from referral_flow.domain.dates import Note
from referral_flow.domain.referral.state import (
    Attendance,
    Exemption,
    KnownPaper,
    Paper,
    PastEvaluation,
    Referral,
    State,
    ViewTo,
)
from referral_flow.engine import Command


class Issue(Command[Referral]):
    """Issue a paper that introduces one member to one residence committee (S1).

    `workplace` is for whoever issues in the name of another committee: an import.
    """

    member: str
    residence: str
    paper: Paper
    workplace: str | None = None
    exemption: Exemption | None = None


class Adopt(Command[Referral]):
    """Adopt a referral that is under way elsewhere, as it is found (S56).

    `on` is the day from which it is in this `state`; nobody knows when it is not given.
    What is not known is left out and stays unknown. `came_from` is for a suspended or an
    evaluated one, `group` for one that has a seat, `exemption` for one whose paper or
    state says so. `batch` is the id of a batch and `row` any text that is new in it.
    """

    member: str
    workplace: str
    residence: str
    state: State
    paper: KnownPaper | None = None
    evaluation: PastEvaluation | None = None
    came_from: State | None = None
    group: str | None = None
    exemption: Exemption | None = None
    batch: str | None = None
    row: str | None = None


class IssueOnward(Command[Referral]):
    """Issue a paper after a move; only the row of the referral that ended calls it."""

    member: str
    residence: str
    paper: Paper
    origin: str


class ReferralCommand(Command[Referral]):
    """Ask something of one referral."""

    referral: str

    @property
    def stream(self) -> str:
        return self.referral


class Submit(ReferralCommand):
    """Record that the paper was handed in; a late one is accepted and marked (S3).

    Who brought it, to whom it was passed and who signed for it make the receipt (S45).
    """

    paper_number: str
    brought_by: str | None = None
    passed_to: str | None = None
    signed_by: str | None = None


class ReturnPaper(ReferralCommand):
    """Send a paper with wrong particulars back (S7)."""

    reason: str


class Reissue(ReferralCommand):
    """Issue a returned paper again, under the same referral (S7)."""

    paper: Paper


class Assign(ReferralCommand):
    """Put the member into a group of the residence area (S8-S10)."""

    group: str


class Reassign(ReferralCommand):
    """Put the member into another group of the same residence area."""

    group: str


class Activate(ReferralCommand):
    """Record that the member takes part."""


class Evaluate(ReferralCommand):
    """Comment on the member at year end: rating, criteria by name, words (S33).

    `rating` is None under a rule set that derives it from the criteria. `reason` bears a
    rating that the recorded facts do not (S36). `front` is what the Front work committee
    said (S47), `recommendation` what the comment asks of the workplace (S48).
    """

    rating: str | None
    criteria: Mapping[str, str]
    comment: str
    reason: str | None = None
    front: str | None = None
    recommendation: str | None = None


class CorrectEvaluation(ReferralCommand):
    """Correct a comment that was given; the old one stays in the history (S55)."""

    rating: str | None
    criteria: Mapping[str, str]
    comment: str
    why: str
    reason: str | None = None


class Countersign(ReferralCommand):
    """Sign the comment as the committee above the residence (S47)."""


class RequestComment(ReferralCommand):
    """Ask the residence committee for its comment, for an occasion and by a day (S46)."""

    occasion: str
    due: date


class AnswerUnknown(ReferralCommand):
    """Answer such a request: no paper handed in, not known here."""


class AnswerRecommendation(ReferralCommand):
    """Answer what the comment recommends (S48)."""

    words: str


class Classify(ReferralCommand):
    """Record the class that the workplace gives (S34); `cycle` is that of `on` if not given.

    With `propose` a class that the comment does not bear opens a conflict (S35).
    """

    classification: str
    cycle: int | None = None
    propose: bool = False


class Reconcile(ReferralCommand):
    """Settle a conflict: one side names a class, the other agrees (S35)."""

    classification: str
    reason: str


class StateView(ReferralCommand):
    """State one's own view of comment and class, to one of the two committees (S38)."""

    words: str
    to: ViewTo = ViewTo.RESIDENCE


class AnswerView(ReferralCommand):
    """Answer the member's view (S38)."""

    words: str


class Reopen(ReferralCommand):
    """Take an evaluation back, to do it again."""

    reason: str


class OpenCycle(ReferralCommand):
    """Let a new cycle begin for an evaluated referral."""


class Suspend(ReferralCommand):
    """Pause the referral."""

    reason: str


class Resume(ReferralCommand):
    """Go on from where the referral was suspended."""


class Exempt(ReferralCommand):
    """Exempt the member from meetings, on a ground of the rule set, until a day."""

    ground: str
    until: date | None


class AnswerRequest(ReferralCommand):
    """Comment on an exempt member, for the purpose that was asked."""

    purpose: str
    comment: str


class LiftExemption(ReferralCommand):
    """Let the member take part again."""


class Amend(ReferralCommand):
    """Amend what was recorded wrongly; the old value stays in the history (S55)."""

    reason: str
    paper: Paper | None = None
    deadline: date | None = None
    submitted_on: date | None = None


class HandOver(ReferralCommand):
    """Take the referral over, as the workplace that a member has come to; the home stays."""


class Transfer(ReferralCommand):
    """Refer a member who moved onward, to the committee of the new home."""

    residence: str
    paper: Paper


class NoteOnward(ReferralCommand, Note):
    """Note the referral that follows; only that referral's row calls it."""

    onward: str


class TellConflict(ReferralCommand):
    """Tell the superior of a conflict that was not settled; only a timer calls it."""


class End(ReferralCommand):
    """End the referral for one of the rule set's reasons (S4, S58)."""

    reason: str
    words: str | None = None


class Void(ReferralCommand):
    """Mark the referral as entered in error; it is kept and counts nowhere."""

    reason: str


class UndoAdoption(ReferralCommand):
    """Undo an adoption since which nothing was recorded: as if it had never been (S56).

    `on` is the day from which the referral was in its state, as it was adopted.
    """


class NoteAttendance(ReferralCommand, Note):
    """Note how the member stood at a meeting; only a group's row calls it (S18)."""

    group: str
    meeting: str
    attendance: Attendance


class NoteContribution(ReferralCommand, Note):
    """Note that the member contributed at a meeting; only a group's row calls it (S19)."""

    group: str
    meeting: str


class TellOverdue(ReferralCommand):
    """Tell the next one of a paper that was not handed in; only a timer calls it (S4)."""

    step: str


class NoteSettled(ReferralCommand, Note):
    """Note that such a message was delivered or given up; only the delivery calls it."""

    step: str
    outcome: str = "accepted"
