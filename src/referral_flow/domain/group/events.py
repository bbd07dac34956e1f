"""What happened to a group. Stored for ever: a change is a new version and an upcaster."""

from datetime import datetime

from referral_flow.domain.group.state import AgendaItem, GroupKind
from referral_flow.engine.record import Record


class GroupOpened(Record):
    """A group was opened."""

    residence: str
    kind: GroupKind
    name: str
    venue: str | None
    leader: str | None
    rule_set: str
    cycle: int


class GroupClosed(Record):
    """The group was closed."""

    cycle: int


class MeetingPrepared(Record):
    """Content, place and time of a meeting were prepared, as far as given."""

    meeting: str
    content: tuple[AgendaItem, ...]
    place: str | None
    starts_at: datetime | None
    cycle: int


class MeetingCalled(Record):
    """These members were called."""

    meeting: str
    called: tuple[str, ...]
    cycle: int


class AttendanceRecorded(Record):
    """The meeting was held."""

    meeting: str
    present: tuple[str, ...]
    excused: tuple[str, ...]
    absent: tuple[str, ...]
    cycle: int


class ContributionRecorded(Record):
    """A member contributed; the words lie beside."""

    meeting: str
    member: str
    cycle: int


class MemberJoined(Record):
    """A referred member was let in."""

    referral: str
    member: str
    cycle: int


class MemberLeft(Record):
    """A referred member left."""

    referral: str
    cycle: int
