"""A connection of psycopg as the library's `Link`, whatever its owner set on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import AsyncConnection, Connection, Cursor
from psycopg.pq import Format
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8BinaryDumper, Int8BinaryLoader
from psycopg.types.string import (
    ByteaBinaryLoader,
    BytesBinaryDumper,
    StrBinaryDumper,
    TextBinaryLoader,
)

from referral_flow.stores.writing import Answer, Step, Values, in_turn
from referral_flow_postgres.dialect import Dialect

_DUMPERS = ((bytes, BytesBinaryDumper), (int, Int8BinaryDumper), (str, StrBinaryDumper))
_LOADERS = (("bytea", ByteaBinaryLoader), ("int8", Int8BinaryLoader), ("text", TextBinaryLoader))


class PostgresLink:
    """Run the library's statements on a cursor of our own, each when it is its turn.

    A host may have set its row factory, adapters and kind of cursor on the connection;
    none of them is used here.
    """

    def __init__(
        self, connection: Connection[Any] | AsyncConnection[Any], dialect: Dialect
    ) -> None:
        self.connection: Any = connection
        self._dialect = dialect
        self._cursor = self._new_cursor()
        self._cursor.format = Format.BINARY
        for kind, dumper in _DUMPERS:
            self._cursor.adapters.register_dumper(kind, dumper)
        for name, loader in _LOADERS:
            self._cursor.adapters.register_loader(name, loader)

    def _new_cursor(self) -> Any:
        return Cursor(self.connection, row_factory=tuple_row)

    def execute(self, sql: str, values: Values = ()) -> Answer:
        """Run one statement; give how many rows it changed and the rows that it gave."""
        if before := self._dialect.before.get(sql):
            self._cursor.execute(before)
        cursor = self._cursor.execute(self._dialect.said(sql), values)
        return cursor.rowcount, cursor.fetchall() if cursor.description else []

    def executemany(self, sql: str, rows: Sequence[Values]) -> int:
        """Run one statement for each row; give how many rows were changed in all."""
        self._cursor.executemany(self._dialect.said(sql), rows)
        return int(self._cursor.rowcount)

    def each(self, steps: Iterable[Step]) -> Iterable[Answer]:
        """Run steps in their order, and give the answer to each."""
        return in_turn(self, steps)

    def run(self, sql: str) -> list[list[Any]]:
        """Run texts of our own, several at once, as they stand; give the rows of each."""
        cursor = self._new_cursor()
        cursor.execute(sql, prepare=False)
        results = [cursor.fetchall() if cursor.description else []]
        while cursor.nextset():
            results.append(cursor.fetchall() if cursor.description else [])
        return results
