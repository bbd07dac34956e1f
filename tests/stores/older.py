"""Files as an older release of the library would have left them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from referral_flow.ports import Batch, Store
from referral_flow.stores.migrations import statements, steps
from referral_flow.stores.sqlite import SqliteStore
from referral_flow.testing.store_clauses.rows import KIND


def make_older(folder: Path, schema: int, where: str, batch: Batch, secret: bytes) -> Store:
    """Make a file of an older schema that holds a batch, and open it."""
    path = folder / f"{where}.db"
    connection = sqlite3.connect(path)
    for number, step in enumerate(steps()[:schema], start=1):
        for statement in statements(step.sql):
            connection.execute(statement)
        first = secret if number == 1 else None
        connection.execute("INSERT INTO rf_schema VALUES (?, 0, ?)", (number, first))
    for table, rows in _tables(batch).items():
        _insert(connection, table, rows)
    connection.commit()
    connection.close()
    return SqliteStore(f"sqlite:///{path}")


def _tables(batch: Batch) -> dict[str, list[dict[str, Any]]]:
    taken = [dict(zip(("kind", "value", "stream"), row, strict=True)) for row in batch.take]
    return {
        "rf_command": [row._asdict() for row in batch.commands],
        "rf_stream": [row._asdict() for row, _ in batch.streams],
        "rf_event": [{**row._asdict(), "kind": KIND} for row in batch.events],
        "rf_words": [row._asdict() for row in batch.words],
        "rf_unique": taken,
        "rf_timer": [row._asdict() for row in batch.timers],
        "rf_outbox": [row._asdict() for row in batch.outbox],
    }


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    there = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
    for row in rows:
        values = {name: value for name, value in row.items() if name in there}
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"
        connection.execute(statement, list(values.values()))
