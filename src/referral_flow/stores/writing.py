"""Write one batch by the statements: the same for every database and every host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from referral_flow.errors import CommandReused, ConcurrencyError, ReferralFlowError, Taken
from referral_flow.ports import Batch, StreamRow
from referral_flow.stores import statements as sql

CHUNK = 500
"""How many values go into one list: databases limit the parameters of a statement."""

Values = Sequence[Any]
_Each = Callable[[str, Sequence[Values], Callable[[Values], ReferralFlowError]], None]


class Link(Protocol):
    """A connection, as thin as it can be: each host writes these two for its driver."""

    def execute(self, sql: str, values: Values = ()) -> tuple[int, list[Any]]:
        """Run one statement; give how many rows it changed and the rows that it gave."""

    def executemany(self, sql: str, rows: Sequence[Values]) -> int:
        """Run one statement for each row; give how many rows were changed in all."""


class Miscounted(Exception):
    """Say that many rows at once did not all find their place; one by one tells which."""


def write(batch: Batch, singly: bool, link: Link) -> None:
    """Write all of a batch inside the transaction that is open on `link`.

    Raises what `Store.append` raises, or Miscounted: then roll back, write it `singly`.
    """
    each = partial(_each, link, singly)
    _write_history(batch, each, link)
    _write_holdings(batch, each, link)


def _write_history(batch: Batch, each: _Each, link: Link) -> None:
    if batch.commands:
        each(sql.ADD_COMMAND, batch.commands, _reused)
    if batch.streams:
        _write_streams(each, batch.streams)
    if batch.read:
        _check_read(link, batch.read)
    if batch.events:
        each(sql.ADD_EVENT, [(*event, event.stream) for event in batch.events], _moved)
    if batch.words:
        each(sql.ADD_WORDS, batch.words, _moved)


def _write_holdings(batch: Batch, each: _Each, link: Link) -> None:
    if batch.free:
        link.executemany(sql.FREE, sorted(batch.free))
    if batch.take:
        each(sql.TAKE, sorted(batch.take), _taken)
    if batch.cancel:
        link.executemany(sql.CANCEL_TIMER, batch.cancel)
    if batch.timers:
        each(sql.SET_TIMER, [timer[:3] for timer in batch.timers], _moved)
    if batch.withdraw:
        link.executemany(sql.WITHDRAW, batch.withdraw)
    if batch.outbox:
        each(sql.ADD_MESSAGE, batch.outbox, _message_moved)


def _each(
    link: Link,
    singly: bool,
    statement: str,
    rows: Sequence[Values],
    error: Callable[[Values], ReferralFlowError],
) -> None:
    if singly or len(rows) == 1:
        for row in rows:
            if link.execute(statement, row)[0] != 1:
                raise error(row)
    elif link.executemany(statement, rows) != len(rows):
        raise Miscounted


def _write_streams(each: _Each, streams: Sequence[tuple[StreamRow, int]]) -> None:
    # By id: two batches that want the same rows then wait for each other in one order.
    changed = [(*row[1:], row[0], version) for row, version in streams if version]
    if changed:
        each(sql.SET_STREAM, sorted(changed, key=_id_of_change), _stream_moved)
    if len(changed) < len(streams):
        added = [row for row, version in streams if not version]
        each(sql.ADD_STREAM, sorted(added, key=_first), _moved)


def _check_read(link: Link, read: Sequence[tuple[bytes, int]]) -> None:
    for start in range(0, len(read), CHUNK):
        part = read[start : start + CHUNK]
        ids = [stream for stream, _ in part]
        found = dict(link.execute(sql.listed(sql.VERSIONS, len(ids)), ids)[1])
        for stream, version in part:
            if found.get(stream, 0) != version:
                raise ConcurrencyError(stream=stream.hex())


def _first(row: Values) -> Any:
    return row[0]


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
