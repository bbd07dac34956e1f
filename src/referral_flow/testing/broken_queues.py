"""Stores whose queues are broken on purpose, each in one way; `caught_by` names the clause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from referral_flow.engine.record import change
from referral_flow.ports import Batch, OutboxRow, Settled, TimerRow
from referral_flow.stores.memory import MemoryStore


class LeaseGivenTwice(MemoryStore):
    """It gives timers to everybody who asks."""

    caught_by: ClassVar[str] = "test_a_timer_is_leased_once"

    def lease_timers(self, now: int, until: int, token: bytes, limit: int) -> list[TimerRow]:
        super().lease_timers(now, until, token, limit)
        return [row._replace(lease=token) for row in self.due_timers(now, limit)]


class OneSettledForAll(MemoryStore):
    """It says that all timers were settled where the first was."""

    caught_by: ClassVar[str] = "test_many_timers_are_settled_at_once_and_a_lost_one_is_left_out"

    def settle_timers(
        self, timers: Sequence[tuple[bytes, str]], token: bytes
    ) -> set[tuple[bytes, str]]:
        done = super().settle_timers(timers, token)
        return set(timers) if done else done


class SettledWithoutToken(MemoryStore):
    """It lets a worker whose lease ran out overwrite the work of the next."""

    caught_by: ClassVar[str] = "test_a_lost_lease_settles_no_message"

    def settle_messages(self, settled: Sequence[Settled], token: bytes) -> set[bytes]:
        done: set[bytes] = set()
        for one in settled:
            row = self._tables.outbox.rows.get(one.id)
            held = token if row is None or row.lease is None else row.lease
            done |= super().settle_messages([one], held)
        return done


class LeaseThatOutlivesItsTimer(MemoryStore):
    """It leaves the lease on a timer that is set again."""

    caught_by: ClassVar[str] = "test_a_timer_that_is_set_again_is_free"

    def append(self, batch: Batch) -> None:
        before = {(t.stream, t.name): t.lease for t in self.due_timers(1 << 60, 1 << 60)}
        super().append(batch)
        for timer in batch.timers:
            if lease := before.get((timer.stream, timer.name)):
                self._tables.timers.lease(timer, 1 << 60, lease)


class LeaseForEverybody(MemoryStore):
    """It gives messages of notifiers that were not asked for."""

    caught_by: ClassVar[str] = "test_messages_of_other_notifiers_are_left_alone"

    def lease_messages(
        self,
        now: int,
        until: int,
        token: bytes,
        limit: int,
        notifiers: Sequence[str] | None = None,  # noqa: ARG002
    ) -> list[OutboxRow]:
        return super().lease_messages(now, until, token, limit)


class ReorderedOutbox(MemoryStore):
    """It sends whatever has waited longest, though a message before it was not sent."""

    caught_by: ClassVar[str] = "test_messages_keep_their_order"

    def lease_messages(
        self,
        now: int,
        until: int,
        token: bytes,
        limit: int,
        notifiers: Sequence[str] | None = None,
    ) -> list[OutboxRow]:
        outbox = self._tables.outbox
        mine = None if notifiers is None else set(notifiers)
        waiting = sorted(
            (
                row
                for row in outbox.rows.values()
                if row.state == "waiting"
                and row.due <= now
                and (mine is None or row.notifier in mine)
            ),
            key=lambda row: (row.due, row.id),
        )
        return [outbox.lease(row, until, token) for row in waiting[:limit]]


class WithdrawnTooWidely(MemoryStore):
    """It withdraws every message of the stream, of whatever kind."""

    caught_by: ClassVar[str] = "test_messages_are_withdrawn_by_kind"

    def append(self, batch: Batch) -> None:
        super().append(change(batch, withdraw=[(stream, "*") for stream, _ in batch.withdraw]))


class DigestOfEverybody(MemoryStore):
    """It gives what waits for others together with what waits for one."""

    caught_by: ClassVar[str] = "test_a_digest_is_all_that_is_due_for_one_recipient"

    def lease_digest(self, notifier: str, now: int, until: int, token: bytes) -> list[OutboxRow]:
        rows: list[OutboxRow] = []
        while page := super().lease_digest(notifier, now, until, token):
            rows += page
        return rows


class GrantWithoutEnd(MemoryStore):
    """It grants whatever is asked."""

    caught_by: ClassVar[str] = "test_no_more_is_granted_on_a_day_than_the_most"

    def grant(self, limits: Sequence[tuple[str, int]], day: str, key: str) -> bool:
        return super().grant(limits, day, key) or all(most > 0 for _, most in limits)


BROKEN_QUEUES: tuple[type[MemoryStore], ...] = (
    LeaseGivenTwice,
    OneSettledForAll,
    SettledWithoutToken,
    LeaseThatOutlivesItsTimer,
    LeaseForEverybody,
    ReorderedOutbox,
    WithdrawnTooWidely,
    DigestOfEverybody,
    GrantWithoutEnd,
)
