"""The rows that cross the port of a store, and what is written and asked with them.

Ids are 16 bytes, times are whole microseconds since 1970 in UTC, days are ISO text
(`2013-12-31`). Rows are tuples in the order of their columns, so that a driver takes them
as they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from referral_flow.engine.record import Record, field


class StreamRow(NamedTuple):
    """A stream as it stands: its snapshot in `data`, and the labels that it is found by."""

    id: bytes
    kind: str
    version: int
    state: str
    requester: str | None
    owner: str | None
    mark: str
    due: int | None
    data: bytes


class EventRow(NamedTuple):
    """One event. `was` and `now` are None when neither state nor mark nor labels changed.

    `left_requester` and `left_owner` are the labels that its stream had before, "" for none;
    both are None when the event left them as they were, and for the first of a stream.
    """

    stream: bytes
    version: int
    recorded_at: int
    day: str
    type: str
    was: str | None
    now: str | None
    was_mark: str
    mark: str
    requester: str | None
    owner: str | None
    command: bytes
    data: bytes
    hash: bytes
    left_requester: str | None = None
    left_owner: str | None = None

    def hashed(self) -> tuple[Any, ...]:
        """Give what the hash stands for; labels that were not left are no part of it."""
        left = () if self.left_requester is None else (self.left_requester, self.left_owner)
        return (*self[:_BEFORE_HASH], *left)


_BEFORE_HASH = EventRow._fields.index("hash")


class WordsRow(NamedTuple):
    """The personal words of one event; erasing them is deleting this row."""

    stream: bytes
    version: int
    salt: bytes
    data: bytes


class CommandRow(NamedTuple):
    """A command that was done: `ranges` says which events it wrote."""

    id: bytes
    digest: bytes
    at: int
    ranges: bytes


class TimerRow(NamedTuple):
    """A timer of a stream; `lease` is set while somebody fires it."""

    stream: bytes
    name: str
    due: int
    lease: bytes | None = None


class OutboxRow(NamedTuple):
    """A message for one notifier.

    `state` is waiting, digest (it waits with others for one message to its recipient),
    parked (a dead letter), dropped (a dead letter that was given up) or withdrawn.
    """

    id: bytes
    stream: bytes
    version: int
    position: int
    notifier: str
    kind: str
    key: str
    data: bytes
    tries: int
    due: int
    lease: bytes | None = None
    state: str = "waiting"
    error: str | None = None
    recipient: str = ""


class Settled(NamedTuple):
    """What became of a leased message.

    `state` None removes it (it was delivered), "waiting" tries again at `due`, "digest" lets
    it wait for the digest that is due then, "parked" puts it among the dead letters; all
    three count a try if `counts`.
    """

    id: bytes
    state: str | None = None
    due: int = 0
    error: str | None = None
    counts: bool = True


class Batch(Record):
    """All that one transaction writes, in the order in which it is written.

    `streams` pairs each new row with the version that it must replace (0: it is new).
    `read` are streams that were relied on and not written: their versions must still
    stand. `free` is done before `take`. `cancel` names timers, `withdraw` kinds of messages
    that were not sent, of a stream; the name `*` stands for all.
    """

    commands: Sequence[CommandRow] = ()
    streams: Sequence[tuple[StreamRow, int]] = ()
    read: Sequence[tuple[bytes, int]] = ()
    events: Sequence[EventRow] = ()
    words: Sequence[WordsRow] = ()
    free: Sequence[tuple[str, str, bytes]] = ()
    take: Sequence[tuple[str, str, bytes]] = ()
    cancel: Sequence[tuple[bytes, str]] = ()
    timers: Sequence[TimerRow] = ()
    withdraw: Sequence[tuple[bytes, str]] = ()
    outbox: Sequence[OutboxRow] = ()


class Query(Record):
    """Which streams to find. Labels in one list are alternatives; lists narrow together.

    `either` finds a stream whose requester or owner is listed. `due_before` finds what is
    overdue. Pages are in the order of ids, after `after`.
    """

    kind: str
    states: tuple[str, ...] | None = None
    either: tuple[str, ...] | None = None
    requester: tuple[str, ...] | None = None
    owner: tuple[str, ...] | None = None
    due_before: int | None = None
    after: bytes | None = None
    limit: int = 50


class StoreState(Record):
    """How a store stands: its schema, what is waiting, and notes worth telling.

    `oldest` is the lowest id of a message that waits: an id begins with when it was made.
    `runs` says when each run that was noted last ended, such as `tick` and `deliver`.
    """

    schema: int
    wanted: int
    streams: int
    events: int
    timers: int
    waiting: int
    parked: int
    notes: Mapping[str, str] = field(factory=dict)
    oldest: bytes | None = None
    runs: Mapping[str, int] = field(factory=dict)
