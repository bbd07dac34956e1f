"""A connection of psycopg as the library's `Link`, whatever its owner set on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection, Connection, Cursor, errors
from psycopg.pq import Format
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8BinaryDumper, Int8BinaryLoader
from psycopg.types.string import (
    ByteaBinaryLoader,
    BytesBinaryDumper,
    StrBinaryDumper,
    TextBinaryLoader,
)

from referral_flow.stores import statements
from referral_flow.stores.writing import Miscounted, Values
from referral_flow_postgres.dialect import Dialect

_WORTH_COPYING = 50  # rows
_DUMPERS = ((bytes, BytesBinaryDumper), (int, Int8BinaryDumper), (str, StrBinaryDumper))
_LOADERS = (("bytea", ByteaBinaryLoader), ("int8", Int8BinaryLoader), ("text", TextBinaryLoader))


class RolledBack(psycopg.Error):
    """Say that the server rolled back what it was asked to commit."""


class PostgresLink:
    """Run the library's statements on a cursor of our own.

    A host may have set its row factory, adapters and kind of cursor on the connection;
    none of them is used here. Many new rows are copied, where the transaction is our own:
    a row that is in the way ends it.
    """

    def __init__(
        self,
        connection: Connection[Any] | AsyncConnection[Any],
        dialect: Dialect,
        *,
        copies: bool = False,
    ) -> None:
        self.connection: Any = connection
        self._dialect = dialect
        self._copies = copies
        self._cursor = self._new_cursor()
        self._cursor.format = Format.BINARY
        for kind, dumper in _DUMPERS:
            self._cursor.adapters.register_dumper(kind, dumper)
        for name, loader in _LOADERS:
            self._cursor.adapters.register_loader(name, loader)

    def _new_cursor(self) -> Any:
        return Cursor(self.connection, row_factory=tuple_row)

    def execute(self, sql: str, values: Values = ()) -> tuple[int, list[Any]]:
        """Run one statement; give how many rows it changed and the rows that it gave."""
        if before := self._dialect.before.get(sql):
            self._cursor.execute(before)
        cursor = self._cursor.execute(self._dialect.said(sql), values)
        return cursor.rowcount, cursor.fetchall() if cursor.description else []

    def executemany(self, sql: str, rows: Sequence[Values]) -> int:
        """Run one statement for each row; give how many rows were changed in all."""
        if self._copies and len(rows) >= _WORTH_COPYING and sql in self._dialect.copied:
            self._copy(sql, rows)
            return len(rows)
        self._cursor.executemany(self._dialect.said(sql), rows)
        return int(self._cursor.rowcount)

    def commit(self) -> None:
        """End the transaction; raises RolledBack where the server did not keep it."""
        cursor = Cursor(self.connection).execute("COMMIT", prepare=False)
        if cursor.statusmessage != "COMMIT":
            raise RolledBack("rolled_back")

    def _copy(self, sql: str, rows: Sequence[Values]) -> None:
        copied: Iterable[Values] = self._with_kinds(rows) if sql == statements.ADD_EVENT else rows
        try:
            with Cursor(self.connection).copy(self._dialect.copied[sql]) as copy:
                for row in copied:
                    copy.write_row(row)
        except errors.UniqueViolation:
            raise Miscounted from None

    def _with_kinds(self, rows: Sequence[Values]) -> Iterator[Values]:
        kinds: dict[bytes, str] = dict(
            self._cursor.execute(self._dialect.kinds, [[row[0] for row in rows]])
        )
        return ((*row[:-1], kinds.get(row[0])) for row in rows)

    def run(self, sql: str) -> list[list[Any]]:
        """Run texts of our own, several at once, as they stand; give the rows of each."""
        cursor = self._new_cursor()
        cursor.execute(sql, prepare=False)
        results = [cursor.fetchall() if cursor.description else []]
        while cursor.nextset():
            results.append(cursor.fetchall() if cursor.description else [])
        return results
