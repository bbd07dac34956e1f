"""The port of a store.

A store knows no domain. It keeps streams of bytes with versions, labels, unique claims,
timers and an outbox; their rows are in `ports.rows`. The clock is always a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from referral_flow.engine.decision import Claim
from referral_flow.ports.rows import (
    Batch,
    CommandRow,
    EventRow,
    OutboxRow,
    Query,
    Settled,
    StoreState,
    StreamRow,
    TimerRow,
    WordsRow,
)


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

        That is a connection of the driver, or a HostConnection that has one.
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

        Every event up to that day counts one in for what it led to, under the labels that it
        was written with, and one out for what it left, under the labels that it left: these
        are the same unless the event says others. `either` counts what lies under one of
        these labels. `known_as_of` leaves out what was recorded after it; `never` leaves out
        streams that came into one of these states by then.
        """
        ...

    def scan(self, after: bytes | None = None, limit: int = 1000) -> list[StreamRow]:
        """Give all streams of every kind, by id, after `after`."""
        ...

    def held(self, streams: Sequence[bytes]) -> tuple[list[tuple[str, str, bytes]], list[TimerRow]]:
        """Give the claims and the timers that these streams hold now."""
        ...

    def note_run(self, name: str, at: int) -> None:
        """Note that a run ended (`tick`, `deliver`); `check` tells of the last one noted."""
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

    def settle_timers(
        self, timers: Sequence[tuple[bytes, str]], token: bytes
    ) -> set[tuple[bytes, str]]:
        """Remove timers under this lease in one transaction; give those that were.

        One whose lease is lost, because it was set again, is left as it is.
        """
        ...

    def due_timers(self, now: int, limit: int) -> list[TimerRow]:
        """Look at the timers that are due, without leasing them."""
        ...

    def lease_messages(
        self,
        now: int,
        until: int,
        token: bytes,
        limit: int,
        notifiers: Sequence[str] | None = None,
    ) -> list[OutboxRow]:
        """Lease messages that are due, oldest first; those of others are left as they are.

        For each stream and notifier only its first waiting message, by version and then
        position, can be leased: the order is kept. Those in another state do not block.
        Withdrawing one that is leased ends the lease; dead letters are withdrawn too.
        """
        ...

    def lease_digest(self, notifier: str, now: int, until: int, token: bytes) -> list[OutboxRow]:
        """Lease all that is due for a digest to one recipient, oldest first.

        It is the recipient of the oldest one that is due and not under a lease.
        """
        ...

    def grant(self, limits: Sequence[tuple[str, int]], day: str, key: str) -> bool:
        """Count one more under each name on a day, or under none.

        A limit is a name and how many it may have; False when one has them already. The
        key that was counted last under a name is granted again without being counted.
        """
        ...

    def give_back(self, names: Sequence[str], day: str, key: str) -> None:
        """Take back what was granted to a key, where it was the last."""
        ...

    def forget_grants(self, before: str) -> None:
        """Forget what was counted on days before this one."""
        ...

    def settle_messages(self, settled: Sequence[Settled], token: bytes) -> set[bytes]:
        """Settle messages under this lease in one transaction; give the ids of those that were.

        One whose lease is lost is left as it is, and out of the answer.
        """
        ...

    def queues(self) -> dict[str, int]:
        """Say how many messages wait for each notifier, due or not."""
        ...

    def parked(self, after: bytes | None = None, limit: int = 50) -> list[OutboxRow]:
        """Give the dead letters, by id."""
        ...

    def requeue(self, id: bytes, now: int) -> bool:
        """Let a dead letter be sent again, its tries counted anew; False when it is none."""
        ...

    def drop(self, id: bytes, reason: str) -> bool:
        """Give a dead letter up; it is kept with the reason. False when it is none."""
        ...
