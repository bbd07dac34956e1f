"""A connection of the store's own: its transactions take as few ways to the server as can be.

What begins a transaction goes out with the first thing that is asked in it. The answers are
looked at before COMMIT is sent, so a lost race is a number of rows and ends with ROLLBACK.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import psycopg
from psycopg import Connection, Cursor, errors

from referral_flow.stores import statements
from referral_flow.stores.writing import Answer, Miscounted, Step, Values
from referral_flow_postgres.dialect import LEASES, Dialect
from referral_flow_postgres.exchange import Asked, Exchange
from referral_flow_postgres.link import PostgresLink
from referral_flow_postgres.opening import Opening

_MANY = 50  # rows
_COMMIT = Asked("COMMIT")


class RolledBack(psycopg.Error):
    """Say that the server rolled back what it was asked to commit."""


class Session(PostgresLink):
    """Run the library's statements in transactions of our own, several at once.

    Many new rows are copied: a row that is in the way ends the transaction.
    """

    def __init__(
        self, connection: Connection[Any], dialect: Dialect, prepare_threshold: int | None
    ) -> None:
        super().__init__(connection, dialect)
        self._exchange = Exchange(connection, self._cursor, prepare_threshold)
        self._opening: Opening | None = None
        self.ended = True

    def begin(self, opening: Opening) -> None:
        """Let a transaction begin with the first thing that is asked."""
        self._opening, self.ended = opening, False

    def execute(self, sql: str, values: Values = ()) -> Answer:
        """Run one statement; give how many rows it changed and the rows that it gave."""
        before = self._dialect.before_alone.get(sql)
        first: list[Step] = [(before, ((),))] if before else []
        *_, answer = self.ask([*first, (sql, (values,))])
        return answer

    def executemany(self, sql: str, rows: Sequence[Values]) -> int:
        """Run one statement for each row; give how many rows were changed in all."""
        return sum(changed for changed, _ in self.each([(sql, rows)]))

    def each(self, steps: Iterable[Step]) -> Iterator[Answer]:
        """Run steps in their order, at once as far as none is copied; give the answers."""
        together: list[Step] = []
        for sql, rows in steps:
            if len(rows) >= _MANY and sql in self._dialect.copied:
                yield from self.ask(together)
                together = []
                self._copy(sql, rows)
                yield len(rows), []
            else:
                together.append((sql, rows))
        yield from self.ask(together)

    def only(self, questions: Sequence[tuple[str, Values]]) -> list[list[Any]]:
        """Ask all that a transaction asks, and end it in the same breath; give the rows."""
        answers = self.ask([(sql, (values,)) for sql, values in questions], (_COMMIT,))
        rows = [rows for _, rows in answers]
        self.ended = True
        return rows

    def commit(self) -> None:
        """End the transaction; raises RolledBack where the server did not keep it."""
        if self.ended or self._opening is not None:
            return
        (result,) = self._exchange.ask([_COMMIT])
        self._exchange.answer(result)
        if result is None or result.command_status != b"COMMIT":
            raise RolledBack("rolled_back")

    def run(self, sql: str) -> list[list[Any]]:
        """Run texts of our own, several at once, as they stand; give the rows of each."""
        self._begun()
        return super().run(sql)

    def _begun(self) -> None:
        """Let the transaction begin, where it has not."""
        for _ in self.ask(()):
            pass

    def ask(self, steps: Sequence[Step], ending: Sequence[Asked] = ()) -> Iterator[Answer]:
        """Send steps at once, then give the answer to each; one that failed raises in its turn."""
        opening, self._opening = self._opening, None
        asked: list[Asked] = [Asked(text) for text in opening.texts] if opening else []
        written = [self._written(*step) for step in steps]
        asked += [each for mine in written for each in mine]
        if not asked:
            return
        results = self._exchange.ask([*asked, *ending])
        answers = map(self._exchange.answer, results)
        if opening is not None:
            *_, (_, (row,)) = islice(answers, len(opening.texts))
            opening.check(row)
        for mine in written:
            found = list(islice(answers, len(mine)))
            yield sum(changed for changed, _ in found), [row for _, rows in found for row in rows]
        for _ in answers:
            pass

    def _written(self, sql: str, rows: Sequence[Values]) -> list[Asked]:
        if len(rows) >= _MANY and (together := self._dialect.together(sql, rows)):
            return [Asked(*together, kept=False)]
        text, kept = self._dialect.numbered(sql), sql not in LEASES
        return [Asked(text, row, kept) for row in rows]

    def _copy(self, sql: str, rows: Sequence[Values]) -> None:
        self._begun()
        copied: Iterable[Values] = self._with_kinds(rows) if sql == statements.ADD_EVENT else rows
        text, types = self._dialect.copied[sql]
        try:
            with Cursor(self.connection).copy(text) as copy:
                copy.set_types(types)
                for row in copied:
                    copy.write_row(row)
        except errors.UniqueViolation:
            raise Miscounted from None

    def _with_kinds(self, rows: Sequence[Values]) -> Iterator[Values]:
        # An event whose stream is not written beside it has the kind that is there.
        kinds: dict[bytes, str] = {}
        if missing := [row[0] for row in rows if row[-2] is None]:
            (result,) = self._exchange.ask([Asked(self._dialect.kinds, (missing,))])
            kinds = dict(self._exchange.answer(result)[1])
        return ((*row[:-2], row[-2] or kinds.get(row[0])) for row in rows)
