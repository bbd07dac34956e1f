"""Several statements to the server in one message, and all answers in one.

The pipeline of psycopg sends each statement by itself as soon as it comes, and wakes the
server for it. So this speaks to the same libpq, through psycopg's own wrapper of it: what
is asked is given to libpq whole before any of it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg import errors
from psycopg.abc import AdaptContext, Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

from referral_flow.stores.writing import Answer, Values

_MOST_PREPARED = 200
_FINE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_Key = tuple[str, tuple[int, ...]]


class Asked(NamedTuple):
    """A statement whose parameters are written `$1`, and its values.

    One that is `kept` is planned once and for ever: it must be right for a table of any size.
    """

    sql: str
    values: Values = ()
    kept: bool = True


class Exchange:
    """Asks the server on a connection that is ours alone, and knows what was prepared there.

    A statement is prepared after `prepare_threshold` uses, with None never.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        context: AdaptContext,
        prepare_threshold: int | None,
    ) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._adapts = Transformer(context)
        self._threshold = prepare_threshold
        self._names = count(1)
        self._uses: dict[_Key, int] = {}
        self._prepared: dict[_Key, bytes] = {}

    def ask(self, asked: Sequence[Asked]) -> list[PGresult | None]:
        """Send statements at once; give what came for each, also where that is an error.

        After one that failed the server does none of the rest. Raises OperationalError
        where the connection is lost, and what psycopg raises for a value that does not
        do: then nothing was sent.
        """
        if len(self._prepared) > _MOST_PREPARED and self._idle():
            self._forget()
        written = [self._written(each) for each in asked]
        prepared: dict[_Key, bytes] = {}
        counts: list[int] = []
        self._libpq.enter_pipeline_mode()
        try:
            for each, (key, values, formats) in zip(asked, written, strict=True):
                if not each.kept:
                    counts.append(self._send_once(key, values, formats))
                else:
                    counts.append(self._send(key, values, formats, prepared))
            self._libpq.pipeline_sync()
            found = self._connection.wait(self._heard(counts))
        finally:
            self._leave()
        if all(result is not None and result.status in _FINE for result in found):
            self._prepared.update(prepared)
        return found

    def answer(self, result: PGresult | None) -> Answer:
        """Give how many rows were changed, and the rows that came; raises what the server said."""
        if result is None:
            raise errors.OperationalError("the connection is lost")
        if result.status == ExecStatus.TUPLES_OK:
            self._adapts.set_pgresult(result)
            rows = self._adapts.load_rows(0, result.ntuples, tuple)
            return result.command_tuples or 0, rows
        if result.status == ExecStatus.COMMAND_OK:
            return result.command_tuples or 0, []
        raise errors.error_from_result(result)

    def _written(
        self, asked: Asked
    ) -> tuple[_Key, Sequence[Buffer | None] | None, Sequence[Format] | None]:
        sql, values, _ = asked
        if not values:
            return (sql, ()), None, None
        adapts = self._adapts
        buffers = adapts.dump_sequence(values, [PyFormat.BINARY] * len(values))
        return (sql, adapts.types or ()), buffers, adapts.formats

    def _send(
        self,
        key: _Key,
        values: Sequence[Buffer | None] | None,
        formats: Sequence[Format] | None,
        prepared: dict[_Key, bytes],
    ) -> int:
        """Give a statement to libpq; say how many results will come for it."""
        name = self._prepared.get(key) or prepared.get(key)
        coming = 1
        if name is None:
            if not self._worth_preparing(key):
                return self._send_once(key, values, formats)
            name = prepared[key] = b"rf_%d" % next(self._names)
            self._libpq.send_prepare(name, key[0].encode(), key[1])
            coming = 2
        self._libpq.send_query_prepared(name, values, formats, Format.BINARY)
        return coming

    def _send_once(
        self,
        key: _Key,
        values: Sequence[Buffer | None] | None,
        formats: Sequence[Format] | None,
    ) -> int:
        sql, types = key[0].encode(), key[1]
        self._libpq.send_query_params(sql, values, types, formats, Format.BINARY)
        return 1

    def _worth_preparing(self, key: _Key) -> bool:
        if self._threshold is None:
            return False
        uses = self._uses[key] = self._uses.get(key, 0) + 1
        return uses > self._threshold

    def _heard(self, counts: Sequence[int]) -> PQGen[list[PGresult | None]]:
        yield from send(self._libpq)
        found: list[PGresult | None] = []
        for coming in counts:
            mine: list[PGresult] = []
            for _ in range(coming):
                mine += yield from fetch_many(self._libpq)
            bad = [result for result in mine if result.status not in _FINE]
            found.append(bad[0] if bad else mine[-1] if mine else None)
        yield from fetch_many(self._libpq)
        return found

    def _leave(self) -> None:
        if self._libpq.status != ConnStatus.OK:
            return
        try:
            self._libpq.exit_pipeline_mode()
        except psycopg.Error:
            # Answers are left that nobody would know as theirs.
            self._connection.close()

    def _idle(self) -> bool:
        return self._libpq.transaction_status == TransactionStatus.IDLE

    def _forget(self) -> None:
        """Begin again with what is prepared: the server keeps each statement for ever."""
        self._prepared.clear()
        self._uses.clear()
        self.answer(self.ask([Asked("DEALLOCATE ALL", kept=False)])[0])
