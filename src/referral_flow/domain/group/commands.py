"""What may be asked of a group. Each command names the group first, but OpenGroup."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from referral_flow.domain.group.state import AgendaItem, Group, GroupKind
from referral_flow.engine import Command
from referral_flow.engine.record import field


class OpenGroup(Command[Group]):
    """Open a group in a residence area, with a venue and a leader (S8, S12)."""

    residence: str
    venue: str | None = None
    leader: str | None = None
    name: str = ""
    kind: GroupKind = GroupKind.GROUP


class GroupCommand(Command[Group]):
    """Ask something of one group."""

    group: str

    @property
    def stream(self) -> str:
        return self.group


class CloseGroup(GroupCommand):
    """Close a group that has nobody in it."""


class PrepareMeeting(GroupCommand):
    """Prepare content, place and time of a new meeting, or of `meeting` again (S15)."""

    content: tuple[AgendaItem, ...] = ()
    place: str | None = None
    starts_at: Annotated[datetime, Meta(tz=True)] | None = None
    meeting: str | None = None


class CallMeeting(GroupCommand):
    """Call the members to a meeting that is fully prepared (S15)."""

    meeting: str


class RecordAttendance(GroupCommand):
    """Record who was there; who was called and is in neither list was absent (S18).

    `present` are members' ids; `excused` gives the reason of each who excused themselves.
    """

    meeting: str
    present: tuple[str, ...]
    excused: Mapping[str, str] = field(factory=dict)


class RecordContribution(GroupCommand):
    """Record what a member contributed at a meeting (S19)."""

    meeting: str
    member: str
    words: str


class Join(GroupCommand):
    """Let a member in; only a referral's row calls it."""

    referral: str
    member: str


class Leave(GroupCommand):
    """Let a member go; only a referral's row calls it."""

    referral: str
