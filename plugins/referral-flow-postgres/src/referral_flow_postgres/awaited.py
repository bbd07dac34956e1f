"""An asynchronous connection of psycopg, used from code that is not asynchronous."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from psycopg import AsyncConnection, AsyncCursor
from psycopg.pq import Format
from psycopg.rows import tuple_row

from referral_flow_postgres.dialect import Dialect
from referral_flow_postgres.link import PostgresLink

RunAsync = Callable[[Callable[[Any], Awaitable[Any]]], Any]


class AwaitedLink(PostgresLink):
    """The same on a host's asynchronous connection, each statement waited for by the host."""

    def __init__(
        self, connection: AsyncConnection[Any], dialect: Dialect, run_async: RunAsync
    ) -> None:
        self._run_async = run_async
        super().__init__(connection, dialect)

    def _new_cursor(self) -> Any:
        return _AwaitedCursor(AsyncCursor(self.connection, row_factory=tuple_row), self._run_async)


class _AwaitedCursor:
    """As much of a cursor as a link needs."""

    def __init__(self, cursor: AsyncCursor[Any], run_async: RunAsync) -> None:
        self._its = cursor
        self._run_async = run_async
        self.adapters = cursor.adapters
        self.nextset = cursor.nextset

    @property
    def format(self) -> Format:
        return self._its.format

    @format.setter
    def format(self, format: Format) -> None:
        self._its.format = format

    @property
    def description(self) -> Any:
        return self._its.description

    @property
    def rowcount(self) -> int:
        return self._its.rowcount

    def execute(self, sql: Any, values: Any = None, *, prepare: bool | None = None) -> Any:
        self._run_async(lambda _: self._its.execute(sql, values, prepare=prepare))
        return self

    def executemany(self, sql: Any, rows: Sequence[Any]) -> None:
        self._run_async(lambda _: self._its.executemany(sql, rows))

    def fetchall(self) -> Any:
        return self._run_async(lambda _: self._its.fetchall())
