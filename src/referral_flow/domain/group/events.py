"""What happened to a group. Stored for ever: a change is a new version and an upcaster."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from referral_flow.domain.group.state import AgendaItem, GroupKind


@frozen
class GroupOpened:
    """A group was opened."""

    residence: str
    kind: GroupKind
    name: str
    venue: str | None
    leader: str | None
    rule_set: str
    cycle: int


@frozen
class GroupClosed:
    """The group was closed."""

    cycle: int


@frozen
class MeetingPrepared:
    """Content, place and time of a meeting were prepared, as far as given."""

    meeting: str
    content: tuple[AgendaItem, ...]
    place: str | None
    starts_at: datetime | None
    cycle: int


@frozen
class MeetingCalled:
    """These members were called."""

    meeting: str
    called: tuple[str, ...]
    cycle: int


@frozen
class AttendanceRecorded:
    """The meeting was held."""

    meeting: str
    present: tuple[str, ...]
    excused: tuple[str, ...]
    absent: tuple[str, ...]
    cycle: int


@frozen
class ContributionRecorded:
    """A member contributed; the words lie beside."""

    meeting: str
    member: str
    cycle: int


@frozen
class MemberJoined:
    """A referred member was let in."""

    referral: str
    member: str
    cycle: int


@frozen
class MemberLeft:
    """A referred member left."""

    referral: str
    cycle: int
