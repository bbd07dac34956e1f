"""The store in memory, for tests and demonstrations: the same promises, but for durability."""

from __future__ import annotations

import os
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Any

from referral_flow.errors import PluginError, WrongUrl
from referral_flow.ports import (
    Batch,
    Claim,
    CommandRow,
    EventRow,
    HostConnection,
    OutboxRow,
    Query,
    Settled,
    Store,
    StoreState,
    StreamRow,
    TimerRow,
    WordsRow,
)
from referral_flow.stores.memory_tables import Tables, labels_of, moves


class MemoryStore:
    """Keep everything in dictionaries under one lock; each `memory:` is a new store."""

    capabilities: frozenset[str] = frozenset()

    def __init__(self, url: str = "memory:") -> None:
        if url != "memory:":
            raise WrongUrl(url=url, problem="memory_has_no_name")
        self._lock = threading.Lock()
        self._secret = os.urandom(32)
        self._tables = Tables()

    # --- the store as a whole

    def secret(self) -> bytes:
        """Give the 32 bytes that key the digests of commands."""
        return self._secret

    def check(self) -> StoreState:
        """Say how the store stands."""
        with self._lock:
            tables = self._tables
            return StoreState(
                schema=1,
                wanted=1,
                streams=len(tables.streams),
                events=len(tables.events),
                timers=len(tables.timers),
                waiting=len(tables.outbox),
                parked=len(tables.outbox.parked),
                oldest=tables.outbox.oldest(),
                runs=dict(tables.runs),
            )

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:  # noqa: ARG002
        """Do nothing: a store in memory is as new as the library."""
        return ()

    def close(self) -> None:
        """Do nothing: what is in memory goes with the store."""

    def join(self, connection: Any) -> Store:
        """Raise PluginError: there is no transaction to join."""
        given = connection.driver if isinstance(connection, HostConnection) else connection
        raise PluginError(plugin="memory", problem=f"it cannot join {type(given).__name__}")

    # --- reading

    def load(
        self, ids: Sequence[bytes], command_id: bytes | None = None
    ) -> tuple[dict[bytes, StreamRow], CommandRow | None]:
        """Load streams by id, and the row of a command that was done before."""
        with self._lock:
            streams, commands = self._tables.streams, self._tables.commands
            found = {id: streams[id] for id in ids if id in streams}
            return found, None if command_id is None else commands.get(command_id)

    def holders(self, claims: Sequence[Claim]) -> dict[Claim, bytes]:
        """Say which stream holds each claim; one that is free is left out."""
        with self._lock:
            held = self._tables.claims
            return {claim: held[claim] for claim in claims if claim in held}

    def history(
        self, stream: bytes, after: int = 0, limit: int = 1000
    ) -> list[tuple[EventRow, WordsRow | None]]:
        """Give a stream's events with their words, by version, after `after`."""
        with self._lock:
            events, words = self._tables.events, self._tables.words
            versions = self._tables.versions.get(stream, [])
            start = bisect_right(versions, after)
            keys = [(stream, version) for version in versions[start : start + limit]]
            return [(events[key], words.get(key)) for key in keys]

    def words(self, events: Sequence[tuple[bytes, int]]) -> dict[tuple[bytes, int], bytes]:
        """Give the words of events by (stream, version), but those that were erased."""
        with self._lock:
            words = self._tables.words
            return {key: words[key].data for key in events if key in words}

    def find(self, query: Query) -> list[StreamRow]:
        """Find streams, at most `query.limit`, by id."""
        with self._lock:
            rows = (self._tables.streams[id] for id in self._candidates(query))
            return list(islice((row for row in rows if _fits(row, query)), query.limit))

    def _candidates(self, query: Query) -> Iterator[bytes]:
        lists = [self._tables.ids]
        for labels in (query.requester, query.owner, query.either):
            if labels is not None:
                lists = [self._tables.labelled.get(label, []) for label in labels]
        last = query.after or b""
        for id in merge(*(ids[bisect_right(ids, last) :] for ids in lists)):
            if id != last:
                yield id
            last = id

    def count(
        self,
        kind: str,
        on: str,
        known_as_of: int | None = None,
        either: Sequence[str] | None = None,
        never: Sequence[str] = (),
    ) -> dict[tuple[str, str], int]:
        """Count streams by (state, mark) as they stood at the end of the day `on`."""

        def known(event: EventRow) -> bool:
            return event.day <= on and (known_as_of is None or event.recorded_at <= known_as_of)

        totals: Counter[tuple[str, str]] = Counter()
        with self._lock:
            for event in filter(known, self._changes(kind, either)):
                if never and any(e.now in never for e in filter(known, self._events(event.stream))):
                    continue
                come, left = moves(event, either)
                if come:
                    totals[str(event.now), event.mark] += 1
                if left and event.was is not None:
                    totals[event.was, event.was_mark] -= 1
        return {what: total for what, total in totals.items() if total}

    def _events(self, stream: bytes) -> Iterator[EventRow]:
        return (self._tables.events[stream, version] for version in self._tables.versions[stream])

    def _changes(self, kind: str, either: Sequence[str] | None) -> Iterator[EventRow]:
        if either is None:
            yield from self._tables.changes.get((kind, None), ())
            return
        scope = {label for label in either if label}
        for label in scope:
            for event in self._tables.changes.get((kind, label), ()):
                # Once only, though several of its labels may be in the scope.
                if label == next(each for each in labels_of(event) if each in scope):
                    yield event

    def scan(self, after: bytes | None = None, limit: int = 1000) -> list[StreamRow]:
        """Give all streams of every kind, by id, after `after`."""
        with self._lock:
            start = bisect_right(self._tables.ids, after or b"")
            return [self._tables.streams[id] for id in self._tables.ids[start : start + limit]]

    def held(self, streams: Sequence[bytes]) -> tuple[list[tuple[str, str, bytes]], list[TimerRow]]:
        """Give the claims and the timers that these streams hold now."""
        with self._lock:
            claims = [(*key, id) for id in streams for key in self._tables.claims_of.get(id, ())]
            timers = [row for id in sorted(streams) for row in self._tables.timers.of(id)]
            return sorted(claims), timers

    # --- writing

    def append(self, batch: Batch) -> None:
        """Write a batch: all of it is judged first, then nothing can fail any more."""
        with self._lock:
            self._tables.judge(batch)
            self._tables.apply(batch)

    def note_run(self, name: str, at: int) -> None:
        """Note that a run ended."""
        with self._lock:
            self._tables.runs[name] = at

    # --- timers and messages

    def lease_timers(self, now: int, until: int, token: bytes, limit: int) -> list[TimerRow]:
        """Lease timers that are due and not under a lease that still runs, oldest first."""
        with self._lock:
            timers = self._tables.timers
            free = (row for row in timers.due(now) if timers.is_free(row, now))
            return [timers.lease(row, until, token) for row in list(islice(free, limit))]

    def settle_timers(
        self, timers: Sequence[tuple[bytes, str]], token: bytes
    ) -> set[tuple[bytes, str]]:
        """Remove timers under this lease; give those that were."""
        with self._lock:
            return {each for each in timers if self._tables.timers.settle(*each, token)}

    def due_timers(self, now: int, limit: int) -> list[TimerRow]:
        """Look at the timers that are due, without leasing them."""
        with self._lock:
            return list(islice(self._tables.timers.due(now), limit))

    def lease_messages(
        self,
        now: int,
        until: int,
        token: bytes,
        limit: int,
        notifiers: Sequence[str] | None = None,
    ) -> list[OutboxRow]:
        """Lease messages that are due, oldest first, in order for a stream and notifier."""
        with self._lock:
            outbox = self._tables.outbox
            rows = list(islice(outbox.sendable(now, notifiers), limit))
            return [outbox.lease(row, until, token) for row in rows]

    def lease_digest(self, notifier: str, now: int, until: int, token: bytes) -> list[OutboxRow]:
        """Lease all that is due for a digest to one recipient, oldest first."""
        with self._lock:
            outbox = self._tables.outbox
            return [outbox.lease(row, until, token) for row in outbox.digest(notifier, now)]

    def grant(self, limits: Sequence[tuple[str, int]], day: str, key: str) -> bool:
        """Count one more under each name on a day, or under none."""
        with self._lock:
            return self._tables.grants.grant(limits, day, key)

    def give_back(self, names: Sequence[str], day: str, key: str) -> None:
        """Take back what was granted to a key, where it was the last."""
        with self._lock:
            self._tables.grants.give_back(names, day, key)

    def forget_grants(self, before: str) -> None:
        """Forget what was counted on days before this one."""
        with self._lock:
            self._tables.grants.forget(before)

    def settle_messages(self, settled: Sequence[Settled], token: bytes) -> set[bytes]:
        """Settle messages under this lease in one transaction; give the ids of those that were."""
        done: set[bytes] = set()
        with self._lock:
            outbox = self._tables.outbox
            for id, state, due, error, counts in settled:
                row = outbox.rows.get(id)
                if row is None or row.lease != token:
                    continue
                outbox.drop(id)
                if state is not None:
                    tries = row.tries + counts
                    outbox.put(
                        row._replace(state=state, due=due, error=error, tries=tries, lease=None)
                    )
                done.add(id)
        return done

    def queues(self) -> dict[str, int]:
        """Say how many messages wait for each notifier."""
        with self._lock:
            return self._tables.outbox.queues()

    def parked(self, after: bytes | None = None, limit: int = 50) -> list[OutboxRow]:
        """Give the dead letters, by id."""
        with self._lock:
            outbox = self._tables.outbox
            start = bisect_right(outbox.parked, after or b"")
            return [outbox.rows[id] for id in outbox.parked[start : start + limit]]

    def requeue(self, id: bytes, now: int) -> bool:
        """Let a dead letter be sent again; False when it is none."""
        with self._lock:
            row = self._tables.outbox.rows.get(id)
            if row is None or row.state != "parked":
                return False
            self._tables.outbox.put(row._replace(state="waiting", due=now, tries=0, error=None))
            return True

    def drop(self, id: bytes, reason: str) -> bool:
        """Give a dead letter up; False when it is none."""
        with self._lock:
            row = self._tables.outbox.rows.get(id)
            if row is None or row.state != "parked":
                return False
            self._tables.outbox.put(row._replace(state="dropped", error=reason))
            return True


def _fits(row: StreamRow, query: Query) -> bool:
    return (
        row.kind == query.kind
        and (query.states is None or row.state in query.states)
        and (query.requester is None or row.requester in query.requester)
        and (query.owner is None or row.owner in query.owner)
        and (query.either is None or row.requester in query.either or row.owner in query.either)
        and (query.due_before is None or (row.due is not None and row.due < query.due_before))
    )
