"""Members, committees and venues, as the register gives them to a decision: no names."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from referral_flow.engine.record import Record

Id = Annotated[str, Meta(pattern=r"\A[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*\S)?\Z", max_length=80)]
"""An id that people use: a short line without a space at either end."""


class Role(StrEnum):
    """The capacities in which somebody acts."""

    WORKPLACE = "workplace"
    RESIDENCE = "residence"
    GROUP_LEADER = "group_leader"
    MEMBER = "member"
    SUPERIOR = "superior"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SYSTEM = "system"


class CommitteeKind(StrEnum):
    """What a committee is to a referral."""

    WORKPLACE = "workplace"
    RESIDENCE = "residence"
    SUPERIOR = "superior"


class Member(Record):
    """A working member, managed by a workplace committee.

    `introduce` is False when the member is marked as not to be introduced.
    """

    id: str
    workplace: str
    introduce: bool = True


class Committee(Record):
    """A committee and the one above it."""

    id: str
    kind: CommitteeKind
    superior: str | None = None


class Venue(Record):
    """A place where a group meets, and how many it seats."""

    id: str
    residence: str
    places: int | None = None
