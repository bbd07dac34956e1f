"""What waits for its time in the store in memory: timers and messages, in order of due."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from referral_flow.ports import OutboxRow, TimerRow

_UNSENT = ("waiting", "digest", "parked")


def remove(ordered: list[Any], item: Any) -> None:
    """Take `item` out of a sorted list that has it."""
    del ordered[bisect_left(ordered, item)]


class Timers:
    """The timers of all streams, and until when each is leased."""

    def __init__(self) -> None:
        self._by_stream: dict[bytes, dict[str, TimerRow]] = {}
        self._until: dict[tuple[bytes, str], int] = {}
        self._order: list[tuple[int, bytes, str]] = []

    def __len__(self) -> int:
        return len(self._order)

    def of(self, stream: bytes) -> list[TimerRow]:
        """Give the timers of a stream, by name."""
        return [row for _, row in sorted(self._by_stream.get(stream, {}).items())]

    def put(self, row: TimerRow) -> None:
        """Set a timer, or set it again: then a lease on it is over."""
        self.cancel(row.stream, row.name)
        self._by_stream.setdefault(row.stream, {})[row.name] = row._replace(lease=None)
        insort(self._order, (row.due, row.stream, row.name))

    def cancel(self, stream: bytes, name: str) -> None:
        """Remove a timer, or all of the stream where the name is `*`."""
        timers = self._by_stream.get(stream, {})
        for each in list(timers) if name == "*" else [name]:
            if row := timers.pop(each, None):
                remove(self._order, (row.due, stream, each))
                self._until.pop((stream, each), None)

    def due(self, now: int) -> Iterator[TimerRow]:
        """Give those that are due, the oldest first."""
        for due, stream, name in self._order:
            if due > now:
                return
            yield self._by_stream[stream][name]

    def is_free(self, row: TimerRow, now: int) -> bool:
        """Say whether no lease runs on it."""
        return self._until.get((row.stream, row.name), 0) <= now

    def lease(self, row: TimerRow, until: int, token: bytes) -> TimerRow:
        """Lease a timer until then."""
        self._until[row.stream, row.name] = until
        leased = row._replace(lease=token)
        self._by_stream[row.stream][row.name] = leased
        return leased

    def settle(self, stream: bytes, name: str, token: bytes) -> bool:
        """Remove a timer if it is under this lease."""
        row = self._by_stream.get(stream, {}).get(name)
        if row is None or row.lease != token:
            return False
        self.cancel(stream, name)
        return True


class Outbox:
    """The messages, and which of them are waiting, by time and by stream."""

    def __init__(self) -> None:
        self.rows: dict[bytes, OutboxRow] = {}
        self.parked: list[bytes] = []
        self._until: dict[bytes, int] = {}
        self._order: list[tuple[int, bytes]] = []
        self._digests: list[tuple[int, bytes]] = []
        self._by_stream: dict[bytes, list[tuple[str, int, int, bytes]]] = {}
        self._unsent: dict[bytes, set[bytes]] = {}

    def __len__(self) -> int:
        return len(self._order) + len(self._digests)

    def oldest(self) -> bytes | None:
        """Give the lowest id of those that wait."""
        return min((id for _, id in (*self._order, *self._digests)), default=None)

    def queues(self) -> dict[str, int]:
        """Count those that wait, by notifier."""
        return dict(Counter(self.rows[id].notifier for _, id in (*self._order, *self._digests)))

    def put(self, row: OutboxRow) -> None:
        """Keep a message as it is now, in place of what was kept under its id."""
        self.drop(row.id)
        self.rows[row.id] = row
        if row.state in _UNSENT:
            self._unsent.setdefault(row.stream, set()).add(row.id)
        if row.state == "parked":
            insort(self.parked, row.id)
        elif row.state == "digest":
            insort(self._digests, (row.due, row.id))
        elif row.state == "waiting":
            insort(self._order, (row.due, row.id))
            insort(self._by_stream.setdefault(row.stream, []), _place(row))

    def drop(self, id: bytes) -> None:
        """Forget a message."""
        row = self.rows.pop(id, None)
        if row is None:
            return
        self._until.pop(id, None)
        if row.state in _UNSENT:
            self._unsent[row.stream].discard(id)
        if row.state == "parked":
            remove(self.parked, id)
        elif row.state == "digest":
            remove(self._digests, (row.due, id))
        elif row.state == "waiting":
            remove(self._order, (row.due, id))
            remove(self._by_stream[row.stream], _place(row))

    def withdraw(self, stream: bytes, kind: str) -> None:
        """Withdraw what was not sent of this kind, or all where the kind is `*`."""
        for id in list(self._unsent.get(stream, ())):
            row = self.rows[id]
            if kind in (row.kind, "*"):
                self.put(row._replace(state="withdrawn", lease=None))

    def digest(self, notifier: str, now: int) -> list[OutboxRow]:
        """Give what is due and not leased, of the recipient for whom something waits longest."""
        due = [self.rows[id] for due, id in self._digests if due <= now]
        free = [r for r in due if r.notifier == notifier and self._until.get(r.id, 0) <= now]
        return [row for row in free if row.recipient == free[0].recipient]

    def sendable(self, now: int, notifiers: Sequence[str] | None) -> Iterator[OutboxRow]:
        """Give what is due, not leased, and the first of its stream and notifier."""
        for due, id in self._order:
            if due > now:
                return
            row = self.rows[id]
            if notifiers is not None and row.notifier not in notifiers:
                continue
            if self._until.get(id, 0) <= now and self._is_first(row):
                yield row

    def _is_first(self, row: OutboxRow) -> bool:
        queue = self._by_stream[row.stream]
        return queue[bisect_left(queue, (row.notifier,))][-1] == row.id

    def lease(self, row: OutboxRow, until: int, token: bytes) -> OutboxRow:
        """Lease a message until then."""
        self._until[row.id] = until
        self.rows[row.id] = leased = row._replace(lease=token)
        return leased


class Grants:
    """How many were granted under a name on a day, and to which key the last."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, str], tuple[int, str]] = {}

    def grant(self, limits: Sequence[tuple[str, int]], day: str, key: str) -> bool:
        """Count one more under each name, or under none; the last key is granted again."""
        granted = []
        for name, most in limits:
            used, last = self._used.get((day, name), (0, ""))
            if last != key and used >= most:
                return False
            granted.append((name, used + (last != key)))
        for name, used in granted:
            self._used[day, name] = used, key
        return True

    def give_back(self, names: Sequence[str], day: str, key: str) -> None:
        """Take back what was granted to a key, where it was the last."""
        for name in names:
            used, last = self._used.get((day, name), (0, ""))
            if last == key:
                self._used[day, name] = used - 1, ""

    def forget(self, before: str) -> None:
        """Forget the days before this one."""
        self._used = {(d, n): used for (d, n), used in self._used.items() if d >= before}


def _place(row: OutboxRow) -> tuple[str, int, int, bytes]:
    return row.notifier, row.version, row.position, row.id
