"""The port of a store, and the rows that cross it.

A store knows no domain. It keeps streams of bytes with versions, labels, unique claims,
timers and an outbox. Here ids are 16 bytes, times are whole microseconds since 1970 in
UTC, days are ISO text (`2013-12-31`), and the clock is always a parameter. Rows are tuples
in the order of their columns, so that a driver takes them as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from attrs import field, frozen

from referral_flow.engine.decision import Claim


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
    """One event. `was` and `now` are None when neither state nor mark changed."""

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
    """A message for one notifier. `state` is waiting, parked or withdrawn."""

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


class Settled(NamedTuple):
    """What became of a leased message.

    `state` None removes it (it was delivered), "waiting" tries again at `due`, "parked"
    puts it among the dead letters; both count a try if `counts`.
    """

    id: bytes
    state: str | None = None
    due: int = 0
    error: str | None = None
    counts: bool = True


@frozen
class Batch:
    """All that one transaction writes, in the order in which it is written.

    `streams` pairs each new row with the version that it must replace (0: it is new).
    `read` are streams that were relied on and not written: their versions must still
    stand. `free` is done before `take`. `cancel` names timers, `withdraw` kinds of waiting
    messages, of a stream; the name `*` stands for all.
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


@frozen
class Query:
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


@frozen
class StoreState:
    """How a store stands: its schema, what is waiting, and notes worth telling."""

    schema: int
    wanted: int
    streams: int
    events: int
    timers: int
    waiting: int
    parked: int
    notes: Mapping[str, str] = field(factory=dict[str, str])


class Store(Protocol):
    """What a store must do. `referral_flow.testing.contracts.StoreContract` proves it.

    Errors: StoreError and its classes when the storage fails; OutcomeUnknown when a commit
    was sent and not confirmed. Reading never waits for writers and never writes. A store of
    an older schema opens; until `migrate`, all but `check` raises StoreNotMigrated.
    """

    capabilities: frozenset[str]
    """What this store can: `durable`, `processes` (several at once), `join`."""

    def secret(self) -> bytes:
        """Give the 32 bytes, made with the store, that key the digests of commands."""
        ...

    def check(self) -> StoreState:
        """Say how the store stands."""
        ...

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:
        """Bring the schema up to date in one transaction; give the names of the steps."""
        ...

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        ...

    def join(self, connection: Any) -> Store:
        """Give a store that works inside the transaction open on `connection`.

        Its `append` is a savepoint: what it refuses leaves the host's own rows as they are.
        Raises NoTransaction when none is open, PluginError when the store cannot join.
        """
        ...

    def load(
        self, ids: Sequence[bytes], command_id: bytes | None = None
    ) -> tuple[dict[bytes, StreamRow], CommandRow | None]:
        """Load streams by id, and the row of a command that was done before."""
        ...

    def holders(self, claims: Sequence[Claim]) -> dict[Claim, bytes]:
        """Say which stream holds each claim; one that is free is left out."""
        ...

    def history(
        self, stream: bytes, after: int = 0, limit: int = 1000
    ) -> list[tuple[EventRow, WordsRow | None]]:
        """Give a stream's events with their words, by version, after `after`."""
        ...

    def words(self, events: Sequence[tuple[bytes, int]]) -> dict[tuple[bytes, int], bytes]:
        """Give the words of events by (stream, version), but those that were erased."""
        ...

    def find(self, query: Query) -> list[StreamRow]:
        """Find streams, at most `query.limit`, by id."""
        ...

    def count(
        self,
        kind: str,
        on: str,
        known_as_of: int | None = None,
        either: Sequence[str] | None = None,
        never: Sequence[str] = (),
    ) -> dict[tuple[str, str], int]:
        """Count streams by (state, mark) as they stood at the end of the day `on`.

        Every event up to that day counts one in for what it led to and one out for what it
        left, under the labels that it was written with. `known_as_of` leaves out what was
        recorded after it; `never` leaves out streams that came into one of these states by
        then.
        """
        ...

    def scan(self, after: bytes | None = None, limit: int = 1000) -> list[StreamRow]:
        """Give all streams of every kind, by id, after `after`."""
        ...

    def held(self, streams: Sequence[bytes]) -> tuple[list[tuple[str, str, bytes]], list[TimerRow]]:
        """Give the claims and the timers that these streams hold now."""
        ...

    def append(self, batch: Batch) -> None:
        """Write a batch in one transaction, all or nothing.

        Raises CommandReused (a command row of that id is there), ConcurrencyError (a
        version does not stand; `data["stream"]` is its id as hex), Taken (a claim is held
        by another stream; taking what one holds already is nothing).
        """
        ...

    def lease_timers(self, now: int, until: int, token: bytes, limit: int) -> list[TimerRow]:
        """Lease timers that are due and not under a lease that still runs, oldest first."""
        ...

    def settle_timer(self, stream: bytes, name: str, token: bytes) -> bool:
        """Remove a timer that is under this lease; False when it is not any more."""
        ...

    def due_timers(self, now: int, limit: int) -> list[TimerRow]:
        """Look at the timers that are due, without leasing them."""
        ...

    def lease_messages(self, now: int, until: int, token: bytes, limit: int) -> list[OutboxRow]:
        """Lease messages that are due, oldest first.

        For each stream and notifier only its first waiting message, by version and then
        position, can be leased: the order is kept. Parked and withdrawn ones do not block.
        Withdrawing one that is leased ends the lease.
        """
        ...

    def settle_messages(self, settled: Sequence[Settled], token: bytes) -> set[bytes]:
        """Settle messages under this lease in one transaction; give the ids of those that were.

        One whose lease is lost is left as it is, and out of the answer.
        """
        ...

    def parked(self, after: bytes | None = None, limit: int = 50) -> list[OutboxRow]:
        """Give the dead letters, by id."""
        ...

    def requeue(self, id: bytes, now: int) -> bool:
        """Let a dead letter be sent again, its tries counted anew; False when it is none."""
        ...
