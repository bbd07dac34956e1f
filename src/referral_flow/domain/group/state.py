"""A group as it stands."""

from datetime import date, datetime
from enum import StrEnum

from referral_flow.engine.record import Record


class GroupState(StrEnum):
    """Whether a group still meets."""

    OPEN = "open"
    CLOSED = "closed"


class GroupKind(StrEnum):
    """A group of referred members, or the residential cell itself (S9)."""

    GROUP = "group"
    CELL = "cell"


class ItemKind(StrEnum):
    """What an item of an agenda is (S17)."""

    ANNOUNCEMENT = "announcement"
    DISCUSSION = "discussion"
    DUTY = "duty"
    LOCAL_ISSUE = "local_issue"
    LAW_AND_POLICY = "law_and_policy"
    GRASSROOTS_DEMOCRACY = "grassroots_democracy"


class AgendaItem(Record):
    """One item of a meeting's content."""

    kind: ItemKind
    title: str


class Seat(Record):
    """A member of the group and the referral that brought them."""

    referral: str
    member: str


class Meeting(Record):
    """A meeting in preparation or held; `called` are members, None before the call."""

    id: str
    content: tuple[AgendaItem, ...] = ()
    place: str | None = None
    starts_at: datetime | None = None
    called: tuple[str, ...] | None = None
    held: bool = False
    cycle: int | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Name what must still be prepared before members are called (S15)."""
        prepared = {"content": self.content, "place": self.place, "starts_at": self.starts_at}
        return tuple(name for name, value in prepared.items() if not value)


class Tally(Record):
    """Meetings held in one cycle, and the day of the last."""

    cycle: int
    held: int = 0
    last: date | None = None


class Group(Record):
    """A group of one residence area."""

    id: str
    state: GroupState
    rule_set: str
    residence: str
    kind: GroupKind
    name: str
    venue: str | None
    leader: str | None
    seats: tuple[Seat, ...]
    meetings: tuple[Meeting, ...]
    tally: Tally
    last_step: date

    @property
    def is_open(self) -> bool:
        """Say whether the group still meets."""
        return self.state is GroupState.OPEN

    @property
    def is_cell(self) -> bool:
        """Say whether this is the residential cell (S9)."""
        return self.kind is GroupKind.CELL

    def meeting(self, id: str | None) -> Meeting | None:
        """Give a meeting of this cycle by id."""
        return next((m for m in self.meetings if m.id == id), None)

    def seat_of(self, member: str) -> Seat | None:
        """Give the seat of a member."""
        return next((s for s in self.seats if s.member == member), None)
