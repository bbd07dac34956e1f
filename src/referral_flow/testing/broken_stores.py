"""Stores that are broken on purpose, each in one way: the contract must catch every one.

`caught_by` names the clause that does.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from referral_flow.engine.record import change
from referral_flow.errors import CommandReused, Taken
from referral_flow.ports import Batch, Query, StreamRow
from referral_flow.stores.memory import MemoryStore
from referral_flow.testing.broken_queues import BROKEN_QUEUES


class LostUpdate(MemoryStore):
    """It takes whatever version is there for the one that was expected."""

    caught_by: ClassVar[str] = "test_a_lost_update_is_told"

    def append(self, batch: Batch) -> None:
        there = self.load([row.id for row, _ in batch.streams])[0]
        streams = [
            (row, there[row.id].version if row.id in there else 0) for row, _ in batch.streams
        ]
        events = [event for event in batch.events if not self._has(event.stream, event.version)]
        super().append(change(batch, streams=streams, events=events))

    def _has(self, stream: bytes, version: int) -> bool:
        return (stream, version) in self._tables.events


class TornAppend(MemoryStore):
    """It writes part by part, and stops at the part that is refused."""

    caught_by: ClassVar[str] = "test_a_refused_batch_leaves_nothing"

    def append(self, batch: Batch) -> None:
        super().append(Batch(batch.commands, batch.streams, events=batch.events))
        super().append(change(batch, commands=(), streams=(), events=()))


class ForgottenClaim(MemoryStore):
    """It gives a claim to whoever asked last."""

    caught_by: ClassVar[str] = "test_a_claim_is_held_by_one_stream"

    def append(self, batch: Batch) -> None:
        try:
            super().append(batch)
        except Taken as taken:
            holder = self._tables.claims[taken.kind, taken.value]
            super().append(Batch(free=[(taken.kind, taken.value, holder)]))
            self.append(batch)


class ForgottenCommand(MemoryStore):
    """It does a command that it has done before once more."""

    caught_by: ClassVar[str] = "test_a_command_id_is_used_once"

    def append(self, batch: Batch) -> None:
        try:
            super().append(batch)
        except CommandReused:
            super().append(change(batch, commands=()))


class UncheckedReading(MemoryStore):
    """It does not look again at what a decision relied on."""

    caught_by: ClassVar[str] = "test_a_version_that_was_relied_on_must_stand"

    def append(self, batch: Batch) -> None:
        super().append(change(batch, read=()))


class WrongCountAtAPastDate(MemoryStore):
    """It counts how streams stand now, whatever the day."""

    caught_by: ClassVar[str] = "test_streams_are_counted_as_they_stood_at_a_past_day"

    def count(
        self,
        kind: str,
        on: str,  # noqa: ARG002
        known_as_of: int | None = None,
        either: Sequence[str] | None = None,
        never: Sequence[str] = (),
    ) -> dict[tuple[str, str], int]:
        return super().count(kind, "9999-12-31", known_as_of, either, never)


class CountThatKnowsTooMuch(MemoryStore):
    """It counts what was recorded only later."""

    caught_by: ClassVar[str] = "test_what_was_recorded_later_can_be_left_out"

    def count(
        self,
        kind: str,
        on: str,
        known_as_of: int | None = None,  # noqa: ARG002
        either: Sequence[str] | None = None,
        never: Sequence[str] = (),
    ) -> dict[tuple[str, str], int]:
        return super().count(kind, on, None, either, never)


class MoveThatIsForgotten(MemoryStore):
    """It counts out where a stream goes, not where it was."""

    caught_by: ClassVar[str] = "test_a_stream_is_counted_where_it_was_at_that_day"

    def append(self, batch: Batch) -> None:
        events = [e._replace(left_requester=None, left_owner=None) for e in batch.events]
        super().append(change(batch, events=events))


class RunThatStands(MemoryStore):
    """It keeps the first end of a run that it was told of."""

    caught_by: ClassVar[str] = "test_a_run_is_noted_when_it_ended_last"

    def note_run(self, name: str, at: int) -> None:
        if name not in self.check().runs:
            super().note_run(name, at)


class PageThatSkips(MemoryStore):
    """It goes on one stream too far on."""

    caught_by: ClassVar[str] = "test_pages_give_every_stream_once"

    def find(self, query: Query) -> list[StreamRow]:
        found = super().find(query)
        return found[1:] if query.after else found


class SeenTooEarly(MemoryStore):
    """It lets a reader see the first stream of a batch before the others are written."""

    caught_by: ClassVar[str] = "test_a_reader_sees_a_batch_whole"

    def append(self, batch: Batch) -> None:
        super().append(change(batch, streams=batch.streams[:1]))
        for stream in batch.streams[1:]:
            time.sleep(0.001)
            super().append(Batch(streams=[stream]))


class CutAtNul(MemoryStore):
    """It takes text for what ends at NUL, as C does."""

    caught_by: ClassVar[str] = "test_what_is_no_text_is_kept_whole_or_refused_whole"

    def append(self, batch: Batch) -> None:
        take = [(kind, value.partition("\x00")[0], stream) for kind, value, stream in batch.take]
        super().append(change(batch, take=take))


class ClaimOfAnyCase(MemoryStore):
    """It compares claims as a collation does that knows no accents or capitals."""

    caught_by: ClassVar[str] = "test_claims_that_look_alike_are_others"

    def append(self, batch: Batch) -> None:
        take = [(kind, value.casefold(), stream) for kind, value, stream in batch.take]
        super().append(change(batch, take=take))


class Boaster(MemoryStore):
    """It says that it can join a transaction, and nobody has seen it."""

    caught_by: ClassVar[str] = "test_what_the_store_says_that_it_can_is_proved_here"

    capabilities = frozenset({"join"})


class GoneWhenClosed(MemoryStore):
    """It says that it is durable, and begins anew when it is opened again."""

    caught_by: ClassVar[str] = "test_everything_is_there_after_reopening"

    capabilities = frozenset({"durable"})


class OneSecretForAll(MemoryStore):
    """Every store of this kind has the same secret."""

    caught_by: ClassVar[str] = "test_the_secret_is_the_stores_own"

    def secret(self) -> bytes:
        return bytes(32)


BROKEN_STORES: tuple[type[MemoryStore], ...] = (
    *BROKEN_QUEUES,
    LostUpdate,
    TornAppend,
    ForgottenClaim,
    ForgottenCommand,
    UncheckedReading,
    WrongCountAtAPastDate,
    CountThatKnowsTooMuch,
    MoveThatIsForgotten,
    RunThatStands,
    PageThatSkips,
    SeenTooEarly,
    CutAtNul,
    ClaimOfAnyCase,
    Boaster,
    GoneWhenClosed,
    OneSecretForAll,
)
