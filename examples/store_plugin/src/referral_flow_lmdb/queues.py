"""What waits: timers and messages under leases, and what may still be sent on a day."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import lmdb

from referral_flow.ports import OutboxRow, Settled, TimerRow
from referral_flow_lmdb.reading import Reading, Result
from referral_flow_lmdb.tables import GrantRow, Leased, digest

WAITING = ("waiting", "digest")
UNSENT = (*WAITING, "parked")


class Queues(Reading):
    """Leases and what settles them; each is one transaction."""

    @abstractmethod
    def write(
        self, work: Callable[[lmdb.Transaction], Result], command: str | None = None
    ) -> Result:
        """Do writing work, all or nothing; what fails becomes StoreError or OutcomeUnknown."""

    # --- timers

    def due_timers(self, now: int, limit: int) -> list[TimerRow]:
        """Look at the timers that are due, without leasing them."""
        return self.read(lambda txn: [row for row, _ in self._due(txn, now)][:limit])

    def lease_timers(self, now: int, until: int, token: bytes, limit: int) -> list[TimerRow]:
        """Lease timers that are due and not under a lease that still runs, oldest first."""

        def work(txn: lmdb.Transaction) -> list[TimerRow]:
            free = [row for row, leased_until in self._due(txn, now) if leased_until <= now]
            leased = [row._replace(lease=token) for row in free[:limit]]
            for row in leased:
                self.tables.timers.put(txn, timer_key(row), Leased(row, until))
            return leased

        return self.write(work)

    def settle_timers(
        self, timers: Sequence[tuple[bytes, str]], token: bytes
    ) -> set[tuple[bytes, str]]:
        """Remove timers under this lease in one transaction; give those that were."""

        def work(txn: lmdb.Transaction) -> set[tuple[bytes, str]]:
            done: set[tuple[bytes, str]] = set()
            for stream, name in timers:
                key = stream + digest(name)
                found = self.tables.timers.get(txn, key)
                if found is not None and found.row.lease == token:
                    self.tables.timers.delete(txn, key)
                    done.add((stream, name))
            return done

        return self.write(work)

    def _due(self, txn: lmdb.Transaction, now: int) -> list[Leased[TimerRow]]:
        due = [leased for leased in self.tables.timers.rows(txn) if leased.row.due <= now]
        return sorted(due, key=lambda leased: (leased.row.due, leased.row.stream, leased.row.name))

    # --- messages

    def lease_messages(
        self,
        now: int,
        until: int,
        token: bytes,
        limit: int,
        notifiers: Sequence[str] | None = None,
    ) -> list[OutboxRow]:
        """Lease messages that are due, oldest first, in order for a stream and notifier."""

        def work(txn: lmdb.Transaction) -> list[OutboxRow]:
            first: dict[tuple[bytes, str], Leased[OutboxRow]] = {}
            for leased in self._messages(txn, "waiting"):
                row, queue = leased.row, (leased.row.stream, leased.row.notifier)
                if notifiers is not None and row.notifier not in notifiers:
                    continue
                ahead = first.get(queue)
                if ahead is None or _place(row) < _place(ahead.row):
                    first[queue] = leased
            free = _free(first.values(), now)
            mine = [row for row in free if notifiers is None or row.notifier in notifiers]
            return self._lease(txn, mine[:limit], until, token)

        return self.write(work)

    def lease_digest(self, notifier: str, now: int, until: int, token: bytes) -> list[OutboxRow]:
        """Lease all that is due for a digest to one recipient, oldest first."""

        def work(txn: lmdb.Transaction) -> list[OutboxRow]:
            mine = (m for m in self._messages(txn, "digest") if m.row.notifier == notifier)
            free = _free(mine, now)
            together = [row for row in free if row.recipient == free[0].recipient]
            return self._lease(txn, together, until, token)

        return self.write(work)

    def settle_messages(self, settled: Sequence[Settled], token: bytes) -> set[bytes]:
        """Settle messages under this lease in one transaction; give the ids of those that were."""

        def work(txn: lmdb.Transaction) -> set[bytes]:
            done: set[bytes] = set()
            for id, state, due, error, counts in settled:
                found = self.tables.outbox.get(txn, id)
                if found is None or found.row.lease != token:
                    continue
                if state is None:
                    self.tables.outbox.delete(txn, id)
                    self.tables.outbox_of.delete(txn, found.row.stream + id)
                else:
                    tries = found.row.tries + counts
                    change = {"state": state, "due": due, "error": error, "tries": tries}
                    self._change(txn, found.row, **change)
                done.add(id)
            return done

        return self.write(work)

    def queues(self) -> dict[str, int]:
        """Say how many messages wait for each notifier, due or not."""

        def work(txn: lmdb.Transaction) -> dict[str, int]:
            rows = [row for row, _ in self.tables.outbox.rows(txn)]
            return dict(Counter(row.notifier for row in rows if row.state in WAITING))

        return self.read(work)

    def parked(self, after: bytes | None = None, limit: int = 50) -> list[OutboxRow]:
        """Give the dead letters, by id."""

        def work(txn: lmdb.Transaction) -> list[OutboxRow]:
            found = (m.row for m in self._messages(txn, "parked", after or b""))
            return list(islice(found, limit))

        return self.read(work)

    def requeue(self, id: bytes, now: int) -> bool:
        """Let a dead letter be sent again; False when it is none."""
        return self._unpark(id, state="waiting", due=now, tries=0, error=None)

    def drop(self, id: bytes, reason: str) -> bool:
        """Give a dead letter up; False when it is none."""
        return self._unpark(id, state="dropped", error=reason)

    def _unpark(self, id: bytes, **change: Any) -> bool:
        def work(txn: lmdb.Transaction) -> bool:
            found = self.tables.outbox.get(txn, id)
            if found is None or found.row.state != "parked":
                return False
            self._change(txn, found.row, **change)
            return True

        return self.write(work)

    def withdraw(self, txn: lmdb.Transaction, stream: bytes, kind: str) -> None:
        """Withdraw what was not sent of a kind, or all where the kind is `*`."""
        for id in list(self.tables.outbox_of.rows(txn, stream)):
            found = self.tables.outbox.get(txn, id)
            if found and found.row.state in UNSENT and kind in (found.row.kind, "*"):
                self._change(txn, found.row, state="withdrawn")

    def _messages(
        self, txn: lmdb.Transaction, state: str, after: bytes = b""
    ) -> Iterator[Leased[OutboxRow]]:
        return (m for m in self.tables.outbox.rows(txn, after=after) if m.row.state == state)

    def _change(self, txn: lmdb.Transaction, row: OutboxRow, **change: Any) -> None:
        """Write a message as it is now; its lease is over."""
        changed = row._replace(lease=None, **change)
        self.tables.outbox.put(txn, row.id, Leased(changed))

    def _lease(
        self, txn: lmdb.Transaction, rows: Sequence[OutboxRow], until: int, token: bytes
    ) -> list[OutboxRow]:
        leased = [row._replace(lease=token) for row in rows]
        for row in leased:
            self.tables.outbox.put(txn, row.id, Leased(row, until))
        return leased

    # --- how many may be sent

    def grant(self, limits: Sequence[tuple[str, int]], day: str, key: str) -> bool:
        """Count one more under each name on a day, or under none."""

        def work(txn: lmdb.Transaction) -> bool:
            counted: list[tuple[bytes, GrantRow]] = []
            for name, most in limits:
                _, used, last = self.tables.grants.get(txn, digest(day, name)) or (day, 0, "")
                if last != key and used >= most:
                    return False
                counted.append((digest(day, name), GrantRow(day, used + (last != key), key)))
            for place, row in counted:
                self.tables.grants.put(txn, place, row)
            return True

        return self.write(work)

    def give_back(self, names: Sequence[str], day: str, key: str) -> None:
        """Take back what was granted to a key, where it was the last."""

        def work(txn: lmdb.Transaction) -> None:
            for name in names:
                found = self.tables.grants.get(txn, digest(day, name))
                if found is not None and found.last == key:
                    back = GrantRow(day, found.used - 1, "")
                    self.tables.grants.put(txn, digest(day, name), back)

        self.write(work)

    def forget_grants(self, before: str) -> None:
        """Forget what was counted on days before this one."""

        def work(txn: lmdb.Transaction) -> None:
            old = [key for key, row in self.tables.grants.items(txn) if row.day < before]
            for key in old:
                self.tables.grants.delete(txn, key)

        self.write(work)


def timer_key(row: TimerRow) -> bytes:
    """Give the key of a timer: those of a stream lie together."""
    return row.stream + digest(row.name)


def _place(row: OutboxRow) -> tuple[int, int, bytes]:
    return row.version, row.position, row.id


def _free(messages: Iterable[Leased[OutboxRow]], now: int) -> list[OutboxRow]:
    free = [m.row for m in messages if m.row.due <= now and m.until <= now]
    return sorted(free, key=lambda row: (row.due, row.id))
