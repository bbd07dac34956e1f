"""Entries of the kept register as they stand. A member's name is never in one."""

from datetime import date
from enum import StrEnum

from referral_flow.domain.people import CommitteeKind
from referral_flow.engine.record import Record


class EntryState(StrEnum):
    """An entry is kept from its first day on."""

    KEPT = "kept"


class CommitteeEntry(Record):
    """A committee; `key` is the id that people use."""

    id: str
    state: EntryState
    key: str
    kind: CommitteeKind
    name: str
    superior: str | None
    last_step: date


class MemberEntry(Record):
    """A member; `introduce` is False for one who is not to be introduced.

    `changed_on` is the day of the last change after the entry itself.
    """

    id: str
    state: EntryState
    key: str
    workplace: str
    introduce: bool
    last_step: date
    changed_on: date | None = None


class VenueEntry(Record):
    """A venue of a residence committee, and how many it seats."""

    id: str
    state: EntryState
    key: str
    name: str
    residence: str
    places: int | None
    last_step: date
