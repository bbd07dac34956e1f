"""What happened to a batch. Stored for ever: a change is a new version and an upcaster."""

from __future__ import annotations

from datetime import date

from attrs import frozen


@frozen
class BatchOpened:
    """A batch was opened."""

    name: str
    committee: str | None


@frozen
class AdoptionNoted:
    """A referral was adopted in this batch; it counts from its first day on."""

    referral: str
    first_day: date


@frozen
class UndoNoted:
    """The adoption of a referral of this batch was undone."""

    referral: str
