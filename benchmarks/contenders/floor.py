"""The floor: the least that the work can cost, written by hand without any library."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.contenders import office
from benchmarks.contenders.measuring import Seen, main, timed
from referral_flow.ports import Batch
from referral_flow.stores import statements as sql

Rows = Sequence[tuple[str, Sequence[Any]]]


def prepared(batch: Batch) -> list[tuple[str, list[Any]]]:
    """Give the statements of a batch with rows that are ready to be written."""
    changed = [(*row[1:], row[0], version) for row, version in batch.streams if version]
    added = [row for row, version in batch.streams if not version]
    kinds = {row.id: row.kind for row, _ in batch.streams}
    written = [
        (sql.ADD_COMMAND, batch.commands),
        (sql.SET_STREAM, changed),
        (sql.ADD_STREAM, added),
        (sql.ADD_EVENT, [(*event, kinds[event.stream], event.stream) for event in batch.events]),
        (sql.ADD_WORDS, batch.words),
        (sql.FREE, batch.free),
        (sql.TAKE, batch.take),
        (sql.CANCEL_TIMER, batch.cancel),
        (sql.SET_TIMER, [timer[:3] for timer in batch.timers]),
        (sql.WITHDRAW, batch.withdraw),
        (sql.ADD_MESSAGE, batch.outbox),
    ]
    return [(statement, [tuple(row) for row in rows]) for statement, rows in written if rows]


def _write(connection: sqlite3.Connection, batch: Rows) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement, rows in batch:
        if len(rows) == 1:
            connection.execute(statement, rows[0])
        else:
            connection.executemany(statement, rows)
    connection.execute("COMMIT")


def durable(count: int, synchronous: str = "FULL") -> Seen:
    """Write the rows of papers sent back, one transaction each."""
    store = office.Recording()
    flow = office.opened(store)
    office.people(flow, count)
    commands = office.returns(flow, count)
    before = len(store.batches)
    desk = flow.acting_as(office.WARD)
    for command in commands:
        desk.execute(command)
    return _timed(store, before, count, synchronous)


def bulk(count: int) -> Seen:
    """Write the rows of papers issued, in the same batches."""
    store = office.Recording()
    flow = office.opened(store)
    office.people(flow, count)
    before = len(store.batches)
    flow.acting_as(office.OFFICE).execute_many(office.papers(count))
    return _timed(store, before, count, "FULL")


def _timed(store: office.Recording, before: int, count: int, synchronous: str) -> Seen:
    batches = [prepared(batch) for batch in store.batches]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "floor.db"
        office.opened(f"sqlite:///{path}").close()
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA cache_size=-64000")
        for batch in batches[:before]:
            _write(connection, batch)

        def run() -> None:
            for batch in batches[before:]:
                _write(connection, batch)

        seen = timed(run, count)
        connection.close()
        return seen


if __name__ == "__main__":
    main({"durable_full": durable, "durable_normal": lambda n: durable(n, "NORMAL"), "bulk": bulk})
