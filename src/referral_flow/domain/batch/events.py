"""What happened to a batch. Stored for ever: a change is a new version and an upcaster."""

from datetime import date

from referral_flow.engine.record import Record


class BatchOpened(Record):
    """A batch was opened."""

    name: str
    committee: str | None


class AdoptionNoted(Record):
    """A referral was adopted in this batch; it counts from its first day on."""

    referral: str
    first_day: date


class UndoNoted(Record):
    """The adoption of a referral of this batch was undone."""

    referral: str
