"""psycopg alone, writing rows that are ready into the same tables, as its documentation shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from referral_flow_postgres.dialect import Dialect
from referral_flow_postgres.store import PostgresStore

from benchmarks.contenders import office
from benchmarks.contenders.databases import database
from benchmarks.contenders.floor import prepared
from benchmarks.contenders.measuring import Seen, main, timed
from referral_flow.stores import statements as sql

_DIALECT = Dialect("referral_flow")
_UNIQUE = "COPY referral_flow.rf_unique (kind, value, stream) FROM STDIN (FORMAT BINARY)"
_TIMERS = "COPY referral_flow.rf_timer (stream, name, due) FROM STDIN (FORMAT BINARY)"
_TARGETS = {
    **_DIALECT.copied,
    sql.TAKE: (_UNIQUE, ["text", "text", "bytea"]),
    sql.SET_TIMER: (_TIMERS, ["bytea", "text", "int8"]),
}

Connection = psycopg.Connection[Any]
Rows = Sequence[tuple[str, Sequence[Any]]]
Write = Callable[[Connection, Rows], None]


def _plain(connection: Connection, batch: Rows) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for statement, rows in batch:
            if len(rows) == 1:
                cursor.execute(_said(statement), rows[0])
            else:
                cursor.executemany(_said(statement), rows)


def _pipelined(connection: Connection, batch: Rows) -> None:
    # `executemany` would wait for the answers to all before it.
    with connection.pipeline(), connection.transaction(), connection.cursor() as cursor:
        for statement, rows in batch:
            for row in rows:
                cursor.execute(_said(statement), row)


def _at_once(connection: Connection, batch: Rows) -> None:
    # Values are written into the text: only so does one message take several statements.
    said = [_DIALECT.said(statement) for statement, rows in batch for _ in rows]
    values = [value for _, rows in batch for row in rows for value in row]
    text = ";".join(["BEGIN", *said, "COMMIT"])
    psycopg.ClientCursor(connection).execute(text.encode(), values)


def _copied(connection: Connection, batch: Rows) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for statement, rows in batch:
            target = _TARGETS.get(statement)
            if target is None:
                cursor.executemany(_said(statement), rows)
                continue
            text, types = target
            with cursor.copy(text.encode()) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)


def durable(count: int, write: Write) -> Seen:
    """Write the rows of papers sent back, one transaction each."""
    store = office.Recording()
    flow = office.opened(store)
    office.people(flow, count)
    commands = office.returns(flow, count)
    before = len(store.batches)
    desk = flow.acting_as(office.WARD)
    for command in commands:
        desk.execute(command)
    ready = [prepared(batch) for batch in store.batches]
    with _connected() as connection:
        for batch in ready[:before]:
            _plain(connection, batch)
        return _timed(connection, ready[before:], count, write)


def copied(count: int) -> Seen:
    """Copy the rows of papers issued into the tables, in the same batches."""
    store = office.Recording()
    flow = office.opened(store)
    office.people(flow, count)
    before = len(store.batches)
    flow.acting_as(office.OFFICE).execute_many(office.papers(count))
    ready = [_copies(prepared(batch)) for batch in store.batches]
    with _connected() as connection:
        for batch in ready[:before]:
            _copied(connection, batch)
        return _timed(connection, ready[before:], count, _copied)


def _copies(batch: Rows) -> Rows:
    """Give each target of a COPY with its rows; an event stands there with its kind."""
    return [
        (statement, [row[:-1] for row in rows]) if statement == sql.ADD_EVENT else (statement, rows)
        for statement, rows in batch
    ]


def _timed(connection: Connection, batches: Sequence[Rows], count: int, write: Write) -> Seen:
    def run() -> None:
        for batch in batches:
            write(connection, batch)

    return timed(run, count)


def _said(statement: str) -> bytes:
    return _DIALECT.said(statement).encode()


@contextmanager
def _connected() -> Iterator[Connection]:
    with database() as place:
        store = PostgresStore(place)
        store.migrate()
        store.close()
        with psycopg.connect(place, autocommit=True) as connection:
            yield connection


if __name__ == "__main__":
    main(
        {
            "plain": lambda count: durable(count, _plain),
            "pipelined": lambda count: durable(count, _pipelined),
            "one message": lambda count: durable(count, _at_once),
            "copied": copied,
        }
    )
