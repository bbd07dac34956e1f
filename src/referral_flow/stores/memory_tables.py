"""The tables of the store in memory, and how a batch is judged and then written to them."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TypeVar

from referral_flow.errors import CommandReused, ConcurrencyError, StoreError, Taken
from referral_flow.ports import Batch, CommandRow, EventRow, StreamRow, WordsRow
from referral_flow.stores.memory_queues import Grants, Outbox, Timers, remove

Key = TypeVar("Key")


class Tables:
    """Everything that a store in memory keeps; lists of ids and versions are sorted."""

    def __init__(self) -> None:
        self.streams: dict[bytes, StreamRow] = {}
        self.ids: list[bytes] = []
        self.labelled: defaultdict[str, list[bytes]] = defaultdict(list)
        self.events: dict[tuple[bytes, int], EventRow] = {}
        self.versions: defaultdict[bytes, list[int]] = defaultdict(list)
        self.changes: defaultdict[tuple[str, str | None], list[EventRow]] = defaultdict(list)
        self.words: dict[tuple[bytes, int], WordsRow] = {}
        self.commands: dict[bytes, CommandRow] = {}
        self.claims: dict[tuple[str, str], bytes] = {}
        self.claims_of: defaultdict[bytes, set[tuple[str, str]]] = defaultdict(set)
        self.timers = Timers()
        self.outbox = Outbox()
        self.grants = Grants()
        self.runs: dict[str, int] = {}

    # --- judging: it changes nothing, so that nothing is left behind

    def judge(self, batch: Batch) -> None:
        """Raise what `Store.append` raises; a batch that passes can be written whole."""
        for id in _in_the_way(self.commands, (row.id for row in batch.commands)):
            raise CommandReused(command_id=id.hex())
        self._judge_versions(batch)
        for keys, table in (
            (((row.stream, row.version) for row in batch.events), self.events),
            (((row.stream, row.version) for row in batch.words), self.words),
        ):
            for stream, _ in _in_the_way(table, keys):
                raise ConcurrencyError(stream=stream.hex())
        self._judge_claims(batch)
        streams = {row.id: row.stream for row in batch.outbox}
        for id in _in_the_way(self.outbox.rows, (row.id for row in batch.outbox)):
            raise ConcurrencyError(stream=streams[id].hex())

    def _judge_versions(self, batch: Batch) -> None:
        reached: dict[bytes, int] = {}
        wanted = [(row.id, version, row.version) for row, version in batch.streams]
        wanted += [(id, version, version) for id, version in batch.read]
        for id, version, next_version in wanted:
            stands = self.streams[id].version if id in self.streams else 0
            if reached.get(id, stands) != version:
                raise ConcurrencyError(stream=id.hex())
            reached[id] = next_version
        for event in batch.events:
            if event.stream not in reached and event.stream not in self.streams:
                raise StoreError(problem=f"there is no stream {event.stream.hex()}")

    def _judge_claims(self, batch: Batch) -> None:
        holders: dict[tuple[str, str], bytes | None] = {}
        for kind, value, stream in batch.free:
            if self.claims.get((kind, value)) == stream:
                holders[kind, value] = None
        for kind, value, stream in batch.take:
            holder = holders.get((kind, value), self.claims.get((kind, value)))
            if holder not in (None, stream):
                raise Taken(kind, value)
            holders[kind, value] = stream

    # --- writing

    def apply(self, batch: Batch) -> None:
        """Write a batch that was judged; nothing in here can fail."""
        self.commands.update((row.id, row) for row in batch.commands)
        for row, _ in batch.streams:
            self._put_stream(row)
        for event in batch.events:
            self._add_event(event)
        self.words.update(((row.stream, row.version), row) for row in batch.words)
        for kind, value, stream in batch.free:
            if self.claims.get((kind, value)) == stream:
                del self.claims[kind, value]
                self.claims_of[stream].remove((kind, value))
        for kind, value, stream in batch.take:
            self.claims[kind, value] = stream
            self.claims_of[stream].add((kind, value))
        for stream, name in batch.cancel:
            self.timers.cancel(stream, name)
        for timer in batch.timers:
            self.timers.put(timer)
        for stream, kind in batch.withdraw:
            self.outbox.withdraw(stream, kind)
        for message in batch.outbox:
            self.outbox.put(message)

    def _put_stream(self, row: StreamRow) -> None:
        before = self.streams.get(row.id)
        if before is None:
            insort(self.ids, row.id)
        else:
            for label in _labels(before):
                remove(self.labelled[label], row.id)
        for label in _labels(row):
            insort(self.labelled[label], row.id)
        self.streams[row.id] = row

    def _add_event(self, event: EventRow) -> None:
        self.events[event.stream, event.version] = event
        insort(self.versions[event.stream], event.version)
        if event.now is not None:
            kind = self.streams[event.stream].kind
            for label in {None, *labels_of(event)}:
                self.changes[kind, label].append(event)


def labels_of(event: EventRow) -> list[str]:
    """Give the labels that an event was written with, then those that it left."""
    labels = (event.requester, event.owner, event.left_requester, event.left_owner)
    return [label for label in labels if label]


def moves(event: EventRow, either: Sequence[str] | None) -> tuple[bool, bool]:
    """Say whether an event came into a scope, and whether it left what lies in it."""
    if either is None:
        return True, True
    new, old = (event.requester, event.owner), (event.left_requester, event.left_owner)
    came, left = (any(label and label in either for label in labels) for labels in (new, old))
    return came, came if event.left_requester is None else left


def _labels(row: StreamRow) -> set[str]:
    return {label for label in (row.requester, row.owner) if label is not None}


def _in_the_way(there: Container[Key], keys: Iterable[Key]) -> Iterator[Key]:
    """Give the keys that are there already, or come a second time."""
    seen: set[Key] = set()
    for key in keys:
        if key in there or key in seen:
            yield key
        seen.add(key)
