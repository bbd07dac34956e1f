"""What the store is asked for; every answer comes from one snapshot of the file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import lmdb

from referral_flow.ports import (
    Claim,
    CommandRow,
    EventRow,
    Query,
    StreamRow,
    TimerRow,
    WordsRow,
)
from referral_flow_lmdb.tables import Tables, digest, place

Result = TypeVar("Result")


class Reading(ABC):
    """The half of the port that changes nothing."""

    tables: Tables

    @abstractmethod
    def read(self, work: Callable[[lmdb.Transaction], Result]) -> Result:
        """Do reading work in a transaction; what fails becomes StoreError."""

    def load(
        self, ids: Sequence[bytes], command_id: bytes | None = None
    ) -> tuple[dict[bytes, StreamRow], CommandRow | None]:
        """Load streams by id, and the row of a command that was done before."""

        def work(txn: lmdb.Transaction) -> tuple[dict[bytes, StreamRow], CommandRow | None]:
            command = None if command_id is None else self.tables.commands.get(txn, command_id)
            found = {id: self.tables.streams.get(txn, id) for id in ids}
            return {id: row for id, row in found.items() if row is not None}, command

        return self.read(work)

    def holders(self, claims: Sequence[Claim]) -> dict[Claim, bytes]:
        """Say which stream holds each claim; one that is free is left out."""

        def work(txn: lmdb.Transaction) -> dict[Claim, bytes]:
            found = {claim: self.tables.claims.get(txn, digest(*claim)) for claim in claims}
            return {claim: row.stream for claim, row in found.items() if row is not None}

        return self.read(work)

    def history(
        self, stream: bytes, after: int = 0, limit: int = 1000
    ) -> list[tuple[EventRow, WordsRow | None]]:
        """Give a stream's events with their words, by version, after `after`."""

        def work(txn: lmdb.Transaction) -> list[tuple[EventRow, WordsRow | None]]:
            events = self.tables.events.items(txn, stream, place(stream, after))
            return [(e, self.tables.words.get(txn, key)) for key, e in islice(events, limit)]

        return self.read(work)

    def words(self, events: Sequence[tuple[bytes, int]]) -> dict[tuple[bytes, int], bytes]:
        """Give the words of events by (stream, version), but those that were erased."""

        def work(txn: lmdb.Transaction) -> dict[tuple[bytes, int], bytes]:
            found = {event: self.tables.words.get(txn, place(*event)) for event in events}
            return {event: row.data for event, row in found.items() if row is not None}

        return self.read(work)

    def find(self, query: Query) -> list[StreamRow]:
        """Find streams, at most `query.limit`, by id."""

        def work(txn: lmdb.Transaction) -> list[StreamRow]:
            rows = self.tables.streams.rows(txn, after=query.after or b"")
            return list(islice((row for row in rows if _fits(row, query)), query.limit))

        return self.read(work)

    def count(
        self,
        kind: str,
        on: str,
        known_as_of: int | None = None,
        either: Sequence[str] | None = None,
        never: Sequence[str] = (),
    ) -> dict[tuple[str, str], int]:
        """Count streams by (state, mark) as they stood at the end of the day `on`."""

        def work(txn: lmdb.Transaction) -> dict[tuple[str, str], int]:
            of_kind = {row.id for row in self.tables.streams.rows(txn) if row.kind == kind}
            known = [
                event
                for event in self.tables.events.rows(txn)
                if event.stream in of_kind
                and event.day <= on
                and (known_as_of is None or event.recorded_at <= known_as_of)
            ]
            left_out = {event.stream for event in known if event.now in never}
            totals: Counter[tuple[str, str]] = Counter()
            for event in known:
                if event.now is not None and event.stream not in left_out:
                    for what, many in _changes(event, either):
                        totals[what] += many
            return {what: total for what, total in totals.items() if total}

        return self.read(work)

    def scan(self, after: bytes | None = None, limit: int = 1000) -> list[StreamRow]:
        """Give all streams of every kind, by id, after `after`."""
        return self.read(
            lambda txn: list(islice(self.tables.streams.rows(txn, after=after or b""), limit))
        )

    def held(self, streams: Sequence[bytes]) -> tuple[list[tuple[str, str, bytes]], list[TimerRow]]:
        """Give the claims and the timers that these streams hold now."""

        def work(txn: lmdb.Transaction) -> tuple[list[tuple[str, str, bytes]], list[TimerRow]]:
            held = [row for id in streams for row in self.tables.claims_of.rows(txn, id)]
            timers = [row for id in streams for row, _ in self.tables.timers.rows(txn, id)]
            claims = sorted((row.kind, row.value, row.stream) for row in held)
            return claims, sorted(timers, key=lambda row: (row.stream, row.name))

        return self.read(work)


def _fits(row: StreamRow, query: Query) -> bool:
    return (
        row.kind == query.kind
        and (query.states is None or row.state in query.states)
        and (query.requester is None or row.requester in query.requester)
        and (query.owner is None or row.owner in query.owner)
        and (query.either is None or row.requester in query.either or row.owner in query.either)
        and (query.due_before is None or (row.due is not None and row.due < query.due_before))
    )


def _changes(
    event: EventRow, either: Sequence[str] | None
) -> Iterator[tuple[tuple[str, str], int]]:
    """Count an event in for what it led to, and out for what it left, under the labels of each."""
    scope = None if either is None else {label for label in either if label}
    # None: the event left the label as it is.
    left = (
        event.requester if event.left_requester is None else event.left_requester,
        event.owner if event.left_owner is None else event.left_owner,
    )
    if scope is None or not scope.isdisjoint((event.requester, event.owner)):
        yield (str(event.now), event.mark), 1
    if event.was is not None and (scope is None or not scope.isdisjoint(left)):
        yield (event.was, event.was_mark), -1
