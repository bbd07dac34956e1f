"""Builders of rows: a stream is called by a number, and what is not said has a default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from attrs import frozen

from referral_flow.ports import (
    Batch,
    CommandRow,
    EventRow,
    OutboxRow,
    Settled,
    Store,
    StreamRow,
    TimerRow,
    WordsRow,
)

KIND = "case"
FOREVER = 1 << 60
MANY = 1_000_000
AWKWARD = "\x00Đặng Thị Ngọc Ánh\x00🙂'\"%?;--".encode()
"""Bytes that a store gets wrong if it takes them for text or for SQL."""

MakeStore = Callable[[str], Store]


@frozen
class StoreAt:
    """Make stores by URL; `{where}` in it is filled in. Child processes can be given one."""

    make: MakeStore
    url: str

    def __call__(self, where: str) -> Store:
        return self.make(self.url.replace("{where}", where))


class Host(Protocol):
    """An embedder with a table and transactions of its own, in the database of the store."""

    connection: Any

    def begin(self) -> None:
        """Begin a transaction on `connection`."""

    def add(self, text: str) -> None:
        """Add a row to the host's own table, in the transaction."""

    def commit(self) -> None:
        """Commit the transaction."""

    def roll_back(self) -> None:
        """Roll the transaction back."""

    def committed(self) -> list[str]:
        """Give the host's rows as another connection sees them."""

    def close(self) -> None:
        """Close every connection of the host."""


def id_of(number: int) -> bytes:
    """Give the id of stream, command or message `number`; ids are in the order of numbers."""
    return number.to_bytes(16, "big")


def stream(
    number: int,
    version: int = 1,
    *,
    kind: str = KIND,
    state: str = "open",
    requester: str | None = None,
    owner: str | None = None,
    mark: str = "",
    due: int | None = None,
    data: bytes = b"snapshot",
) -> StreamRow:
    """Give the row of a stream."""
    return StreamRow(id_of(number), kind, version, state, requester, owner, mark, due, data)


def event(
    number: int,
    version: int = 1,
    *,
    recorded_at: int = 0,
    day: str = "2013-05-02",
    was: str | None = None,
    now: str | None = None,
    was_mark: str = "",
    mark: str = "",
    requester: str | None = None,
    owner: str | None = None,
    left: tuple[str | None, str | None] = (None, None),
) -> EventRow:
    """Give an event of stream `number`; `now` makes it a change that is counted."""
    changed = (was, now, was_mark, mark, requester, owner)
    command = id_of(number * 1000 + version)
    row = EventRow(
        id_of(number), version, recorded_at, day, "case.changed", *changed, command, AWKWARD, b"#"
    )
    return row._replace(left_requester=left[0], left_owner=left[1])


def command(number: int) -> CommandRow:
    """Give the row of a command."""
    return CommandRow(id_of(number), b"digest", number, b"ranges")


def words(number: int, version: int = 1) -> WordsRow:
    """Give the words of an event."""
    return WordsRow(id_of(number), version, b"salt", AWKWARD)


def timer(number: int, name: str = "remind", due: int = 10) -> TimerRow:
    """Give a timer of stream `number`."""
    return TimerRow(id_of(number), name, due)


def message(
    number: int,
    of: int = 1,
    version: int = 1,
    position: int = 0,
    *,
    notifier: str = "mail",
    kind: str = "told",
    due: int = 10,
) -> OutboxRow:
    """Give message `number`, of stream `of`."""
    place = (id_of(of), version, position, notifier)
    return OutboxRow(id_of(number), *place, kind, f"key-{number}", AWKWARD, 0, due)


def created(*rows: StreamRow) -> Batch:
    """Give the batch that creates these streams, with an event each."""
    return Batch(
        streams=[(row, 0) for row in rows],
        events=[
            event(
                int.from_bytes(row.id, "big"),
                row.version,
                now=row.state,
                mark=row.mark,
                requester=row.requester,
                owner=row.owner,
            )
            for row in rows
        ],
    )


def moved(number: int, to: int, **columns: Any) -> Batch:
    """Give the batch that moves a stream from the version before to version `to`."""
    return Batch(streams=[(stream(number, to, **columns), to - 1)], events=[event(number, to)])


def messages(*rows: OutboxRow) -> Batch:
    """Give the batch that only queues these messages."""
    return Batch(outbox=rows)


def settle_timer(store: Store, id: bytes, name: str, token: bytes) -> bool:
    """Settle one timer, and say whether the store did it."""
    return store.settle_timers([(id, name)], token) == {(id, name)}


def settle(store: Store, id: bytes, token: bytes, **outcome: Any) -> bool:
    """Settle one message; say whether it was under this lease."""
    return store.settle_messages([Settled(id, **outcome)], token) == {id}


def everything(store: Store, commands: Sequence[int] = ()) -> dict[str, Any]:
    """Give all that can be read of a store without changing it."""
    rows = store.scan(limit=MANY)
    ids = [row.id for row in rows]
    state = store.check()
    return {
        "streams": rows,
        "histories": [store.history(id, limit=MANY) for id in ids],
        "held": store.held(ids),
        "timers": store.due_timers(FOREVER, MANY),
        "parked": store.parked(limit=MANY),
        "commands": [store.load((), id_of(number))[1] for number in commands],
        "runs": dict(state.runs),
        "counts": (state.streams, state.events, state.timers, state.waiting, state.parked),
    }
