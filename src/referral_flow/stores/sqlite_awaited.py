"""The connection of an asynchronous SQLite driver, used from code that is not asynchronous."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from referral_flow.stores.writing import Answer, Step, Values, in_turn


class AwaitedLink:
    """A connection as `writing.Link`, each statement waited for by the host's `run_async`.

    Its cursor ignores what a host set on the connection.
    """

    def __init__(self, run_async: Callable[[Callable[[Any], Awaitable[Any]]], Any]) -> None:
        self._run = run_async
        self._cursor = run_async(_cursor)

    def execute(self, sql: str, values: Values = ()) -> tuple[int, list[Any]]:
        """Run one statement; give how many rows it changed and the rows that it gave."""

        async def work(_: Any) -> list[Any]:
            await self._cursor.execute(sql, values)
            return list(await self._cursor.fetchall())

        rows = self._run(work)
        return self._cursor.rowcount, rows

    def executemany(self, sql: str, rows: Sequence[Values]) -> int:
        """Run one statement for each row; give how many rows were changed in all."""
        self._run(lambda _: self._cursor.executemany(sql, rows))
        return int(self._cursor.rowcount)

    def each(self, steps: Iterable[Step]) -> Iterable[Answer]:
        """Run steps in their order, and give the answer to each."""
        return in_turn(self, steps)


async def _cursor(connection: Any) -> Any:
    cursor = await connection.cursor()
    cursor.row_factory = None
    return cursor
