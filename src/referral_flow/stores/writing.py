"""Write one batch by the statements: the same for every database and every host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from referral_flow.errors import CommandReused, ConcurrencyError, ReferralFlowError, Taken
from referral_flow.ports import Batch, StreamRow
from referral_flow.stores import statements as sql

CHUNK = 500
"""How many values go into one list: databases limit the parameters of a statement."""

Values = Sequence[Any]
Step = tuple[str, Sequence[Values]]
"""A statement, and the rows for each of which it is run."""
Answer = tuple[int, list[Any]]
"""How many rows were changed in all, and the rows that were given."""


class Link(Protocol):
    """A connection, as thin as it can be: each host writes these for its driver."""

    def execute(self, sql: str, values: Values = ()) -> Answer:
        """Run one statement."""

    def executemany(self, sql: str, rows: Sequence[Values]) -> int:
        """Run one statement for each row; give how many rows were changed in all."""

    def each(self, steps: Iterable[Step]) -> Iterable[Answer]:
        """Run steps in their order, and give the answer to each.

        A link over a network may send them all before it hears the first answer; one
        that fails raises when it is its turn.
        """


class Miscounted(Exception):
    """Say that many rows at once did not all find their place; one by one tells which."""


_Order = Callable[[Values], Any]
_Check = Callable[[Sequence[Values], Answer], None]
_Part = tuple[str, Sequence[Values], _Order | None, _Check | None]
"""A step of a batch: the order in which its rows go, and what looks at its answer."""


def in_turn(link: Link, steps: Iterable[Step]) -> list[Answer]:
    """Run one step after the other."""
    return [
        link.execute(statement, rows[0])
        if len(rows) == 1
        else (link.executemany(statement, rows), [])
        for statement, rows in steps
    ]


def write(batch: Batch, singly: bool, link: Link) -> None:
    """Write all of a batch inside the transaction that is open on `link`.

    A row that found no place is seen when all are written. Raises what `Store.append`
    raises, or Miscounted: then roll back, write it `singly`.
    """
    parts: list[_Part] = []
    _add_history(parts, batch)
    _add_holdings(parts, batch)
    # In the order of their keys, so that one page of an index is looked for once, and so that
    # two batches that want the same rows wait for each other in one order.
    steps: list[Step] = [
        (statement, rows if order is None or len(rows) == 1 else sorted(rows, key=order))
        for statement, rows, order, _ in parts
    ]
    if singly:
        parts = [part for part in parts for _ in part[1]]
        steps = [(statement, (row,)) for statement, rows in steps for row in rows]
    for (_, _, _, check), (_, rows), answer in zip(parts, steps, link.each(steps), strict=True):
        if check is not None:
            check(rows, answer)


def _add_history(parts: list[_Part], batch: Batch) -> None:
    if batch.commands:
        parts.append((sql.ADD_COMMAND, batch.commands, _first, _ONCE))
    if batch.streams:
        _add_streams(parts, batch.streams)
    if batch.read:
        parts.extend(_relied_on(batch.read))
    if batch.events:
        kinds = {row.id: row.kind for row, _ in batch.streams}
        events = [(*event, kinds.get(event.stream), event.stream) for event in batch.events]
        parts.append((sql.ADD_EVENT, events, _place, _NEW))
    if batch.words:
        parts.append((sql.ADD_WORDS, batch.words, _place, _NEW))


def _add_holdings(parts: list[_Part], batch: Batch) -> None:
    if batch.free:
        parts.append((sql.FREE, batch.free, _place, None))
    if batch.take:
        parts.append((sql.TAKE, batch.take, _place, _TAKEN))
    if batch.cancel:
        parts.append((sql.CANCEL_TIMER, batch.cancel, None, None))
    if batch.timers:
        parts.append((sql.SET_TIMER, [timer[:3] for timer in batch.timers], None, _NEW))
    if batch.withdraw:
        parts.append((sql.WITHDRAW, batch.withdraw, None, None))
    if batch.outbox:
        parts.append((sql.ADD_MESSAGE, batch.outbox, _first, _QUEUED))


def _all(error: Callable[[Values], ReferralFlowError]) -> _Check:
    """Give the check that every row found its place."""

    def check(rows: Sequence[Values], answer: Answer) -> None:
        if answer[0] != len(rows):
            raise error(rows[0]) if len(rows) == 1 else Miscounted

    return check


def _add_streams(parts: list[_Part], streams: Sequence[tuple[StreamRow, int]]) -> None:
    changed = [(*row[1:], row[0], version) for row, version in streams if version]
    if changed:
        parts.append((sql.SET_STREAM, changed, _id_of_change, _UNMOVED))
    if len(changed) < len(streams):
        added = [row for row, version in streams if not version]
        parts.append((sql.ADD_STREAM, added, _first, _NEW))


def _relied_on(read: Sequence[tuple[bytes, int]]) -> Iterator[_Part]:
    for start in range(0, len(read), CHUNK):
        part = read[start : start + CHUNK]

        def check(
            _: Sequence[Values], answer: Answer, part: Sequence[tuple[bytes, int]] = part
        ) -> None:
            found = dict(answer[1])
            for stream, version in part:
                if found.get(stream, 0) != version:
                    raise ConcurrencyError(stream=stream.hex())

        ids = [stream for stream, _ in part]
        yield sql.listed(sql.VERSIONS, len(ids)), (ids,), None, check


def _first(row: Values) -> Any:
    return row[0]


def _place(row: Values) -> Any:
    return row[:2]


def _id_of_change(row: Values) -> Any:
    return row[-2]


def _stream_moved(row: Values) -> ReferralFlowError:
    return ConcurrencyError(stream=_id_of_change(row).hex())


def _moved(row: Values) -> ReferralFlowError:
    return ConcurrencyError(stream=row[0].hex())


def _message_moved(row: Values) -> ReferralFlowError:
    return ConcurrencyError(stream=row[1].hex())


def _reused(row: Values) -> ReferralFlowError:
    return CommandReused(command_id=row[0].hex())


def _taken(row: Values) -> ReferralFlowError:
    return Taken(row[0], row[1])


_ONCE, _TAKEN = _all(_reused), _all(_taken)
_NEW, _UNMOVED, _QUEUED = _all(_moved), _all(_stream_moved), _all(_message_moved)
