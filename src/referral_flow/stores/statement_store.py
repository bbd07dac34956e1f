"""A store that is made of statements: all that does not depend on whose transaction it is."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from referral_flow.errors import StoreError
from referral_flow.ports import (
    Batch,
    Claim,
    CommandRow,
    EventRow,
    OutboxRow,
    Query,
    Settled,
    StoreState,
    StreamRow,
    TimerRow,
    WordsRow,
)
from referral_flow.stores import counting, finding
from referral_flow.stores import statements as sql
from referral_flow.stores.writing import CHUNK, Link, Miscounted, Step, Values, write

Result = TypeVar("Result")

_EVENT = len(EventRow._fields)

# `_make` does the same in a function that takes longer than the row.
_row = tuple.__new__


class StatementStore(ABC):
    """Bring everything of `ports.Store` but how to open, join, migrate and close.

    A subclass says how work is done on a connection. What is missing then is `check`,
    `migrate`, `join`, `close` and `capabilities`.
    """

    @abstractmethod
    def _read(self, work: Callable[[Link], Result]) -> Result:
        """Do reading work; failures of the database become StoreError."""

    @abstractmethod
    def _write(self, work: Callable[[Link], Result], command: str | None = None) -> Result:
        """Do writing work, all or nothing; failures become StoreError or OutcomeUnknown."""

    def _asked(self, questions: Sequence[tuple[str, Values]]) -> list[list[Any]]:
        """Ask several things of one moment; give the rows that answer each."""
        return self._read(lambda link: [link.execute(*question)[1] for question in questions])

    def _looked_up(self, questions: Sequence[tuple[str, Values]]) -> list[list[Any]]:
        """Ask by key what a command needs: a few rows, and never a long answer."""
        return self._asked(questions)

    # --- reading

    def secret(self) -> bytes:
        """Give the 32 bytes that key the digests of commands."""
        rows = self._rows(sql.SECRET, ())
        if not rows:
            raise StoreError(problem="secret_gone")
        return bytes(rows[0][0])

    def load(
        self, ids: Sequence[bytes], command_id: bytes | None = None
    ) -> tuple[dict[bytes, StreamRow], CommandRow | None]:
        """Load streams by id, and the row of a command that was done before."""

        questions = _listed(sql.STREAMS, ids)
        if command_id is not None:
            questions.insert(0, (sql.COMMAND, (command_id,)))
        answers = self._looked_up(questions)
        command = None
        if command_id is not None and (done := answers.pop(0)):
            command = _row(CommandRow, done[0])
        return {row[0]: _row(StreamRow, row) for rows in answers for row in rows}, command

    def holders(self, claims: Sequence[Claim]) -> dict[Claim, bytes]:
        """Say which stream holds each claim; one that is free is left out."""
        answers = self._looked_up(_listed(sql.HOLDERS, claims, 2))
        return {Claim(kind, value): stream for rows in answers for kind, value, stream in rows}

    def history(
        self, stream: bytes, after: int = 0, limit: int = 1000
    ) -> list[tuple[EventRow, WordsRow | None]]:
        """Give a stream's events with their words, by version, after `after`."""
        return [
            (
                EventRow._make(row[:_EVENT]),
                None if row[_EVENT] is None else WordsRow._make(row[_EVENT:]),
            )
            for row in self._rows(sql.HISTORY, (stream, after, limit))
        ]

    def words(self, events: Sequence[tuple[bytes, int]]) -> dict[tuple[bytes, int], bytes]:
        """Give the words of events by (stream, version), but those that were erased."""
        rows = self._found(_listed(sql.WORDS, events, 2))
        return {(stream, version): data for stream, version, data in rows}

    def find(self, query: Query) -> list[StreamRow]:
        """Find streams, at most `query.limit`, by id."""
        if finding.is_wide(query):
            near = self._rows(*finding.near(query))
            if len(near) == query.limit:
                return [_row(StreamRow, row) for row in near]
        return [_row(StreamRow, row) for row in self._rows(*finding.find(query))]

    def count(
        self,
        kind: str,
        on: str,
        known_as_of: int | None = None,
        either: Sequence[str] | None = None,
        never: Sequence[str] = (),
    ) -> dict[tuple[str, str], int]:
        """Count streams by (state, mark) as they stood at the end of the day `on`."""
        scope = None if either is None else [label for label in either if label]
        totals: dict[tuple[str, str], int] = {}
        for row in self._rows(*counting.count(kind, on, known_as_of, scope, never)):
            was, was_mark, now, mark, many = row
            if now is not None:
                totals[now, mark] = totals.get((now, mark), 0) + many
            if was is not None:
                totals[was, was_mark] = totals.get((was, was_mark), 0) - many
        return {what: total for what, total in totals.items() if total}

    def scan(self, after: bytes | None = None, limit: int = 1000) -> list[StreamRow]:
        """Give all streams of every kind, by id, after `after`."""
        return [_row(StreamRow, row) for row in self._rows(sql.SCAN, (after or b"", limit))]

    def held(self, streams: Sequence[bytes]) -> tuple[list[tuple[str, str, bytes]], list[TimerRow]]:
        """Give the claims and the timers that these streams hold now."""

        claims = _listed(sql.CLAIMS_OF, streams)
        answers = self._asked([*claims, *_listed(sql.TIMERS_OF, streams)])
        held, timers = answers[: len(claims)], answers[len(claims) :]
        return (
            [(kind, value, stream) for rows in held for kind, value, stream in rows],
            [_row(TimerRow, row) for rows in timers for row in rows],
        )

    # --- writing

    def append(self, batch: Batch) -> None:
        """Write a batch in one transaction, all or nothing."""
        command = batch.commands[0].id.hex() if batch.commands else None
        try:
            self._write(partial(write, batch, False), command)
        except Miscounted:
            self._write(partial(write, batch, True), command)

    def note_run(self, name: str, at: int) -> None:
        """Note that a run ended."""
        self._changed(sql.NOTE_RUN, (name, at))

    # --- timers and messages

    def lease_timers(self, now: int, until: int, token: bytes, limit: int) -> list[TimerRow]:
        """Lease timers that are due and not under a lease that still runs, oldest first."""
        rows = self._changed(sql.LEASE_TIMERS, (token, until, now, now, limit))[1]
        return sorted((_row(TimerRow, row) for row in rows), key=_when)

    def settle_timers(
        self, timers: Sequence[tuple[bytes, str]], token: bytes
    ) -> set[tuple[bytes, str]]:
        """Remove timers under this lease in one transaction; give those that were."""

        def work(link: Link) -> set[tuple[bytes, str]]:
            return {
                (stream, name)
                for stream, name in timers
                if link.execute(sql.SETTLE_TIMER, (stream, name, token))[0]
            }

        return self._write(work) if timers else set()

    def due_timers(self, now: int, limit: int) -> list[TimerRow]:
        """Look at the timers that are due, without leasing them."""
        return [_row(TimerRow, row) for row in self._rows(sql.DUE_TIMERS, (now, limit))]

    def lease_messages(
        self,
        now: int,
        until: int,
        token: bytes,
        limit: int,
        notifiers: Sequence[str] | None = None,
    ) -> list[OutboxRow]:
        """Lease messages that are due, oldest first, in order for a stream and notifier."""
        values: tuple[Any, ...] = (token, until, now, now, limit)
        statement = sql.LEASE_MESSAGES
        if notifiers is not None:
            statement = sql.LEASE_MESSAGES_OF
            values = (*values[:-1], json.dumps(list(notifiers)), limit)
        rows = self._changed(statement, values)[1]
        return sorted((_row(OutboxRow, row) for row in rows), key=lambda row: (row.due, row.id))

    def lease_digest(self, notifier: str, now: int, until: int, token: bytes) -> list[OutboxRow]:
        """Lease all that is due for a digest to one recipient, oldest first."""
        values = (token, until, notifier, now, now, notifier, now, now)
        rows = self._changed(sql.LEASE_DIGEST, values)[1]
        return sorted((_row(OutboxRow, row) for row in rows), key=lambda row: (row.due, row.id))

    def grant(self, limits: Sequence[tuple[str, int]], day: str, key: str) -> bool:
        """Count one more under each name on a day, or under none."""

        def work(link: Link) -> bool:
            granted: list[str] = []
            for name, most in limits:
                if link.execute(sql.GRANT, (name, day, key, most, most))[0] != 1:
                    link.executemany(sql.GIVE_BACK, [(n, day, key) for n in granted])
                    return False
                granted.append(name)
            return True

        return self._write(work)

    def give_back(self, names: Sequence[str], day: str, key: str) -> None:
        """Take back what was granted to a key, where it was the last."""
        rows = [(name, day, key) for name in names]
        self._write(lambda link: link.executemany(sql.GIVE_BACK, rows))

    def forget_grants(self, before: str) -> None:
        """Forget what was counted on days before this one."""
        self._changed(sql.FORGET_GRANTS, (before,))

    def settle_messages(self, settled: Sequence[Settled], token: bytes) -> set[bytes]:
        """Settle messages under this lease in one transaction; give the ids of those that were."""

        sent = [each.id for each in settled if each.state is None]
        others = [each for each in settled if each.state is not None]
        steps = [_settling(one, token) for one in others]

        def work(link: Link) -> set[bytes]:
            done: set[bytes] = set()
            for start in range(0, len(sent), CHUNK):
                part = sent[start : start + CHUNK]
                rows = link.execute(sql.listed(sql.REMOVE_MESSAGES, len(part)), (token, *part))[1]
                done.update(id for (id,) in rows)
            answers = link.each(steps) if steps else ()
            done.update(o.id for o, (changed, _) in zip(others, answers, strict=True) if changed)
            return done

        if not settled:
            return set()
        return self._write(work)

    def queues(self) -> dict[str, int]:
        """Say how many messages wait for each notifier."""
        found: Counter[str] = Counter()
        for notifier, many in self._rows(sql.QUEUES, ()):
            found[notifier] += many
        return dict(found)

    def parked(self, after: bytes | None = None, limit: int = 50) -> list[OutboxRow]:
        """Give the dead letters, by id."""
        return [_row(OutboxRow, row) for row in self._rows(sql.PARKED, (after or b"", limit))]

    def requeue(self, id: bytes, now: int) -> bool:
        """Let a dead letter be sent again; False when it is none."""
        return self._changed(sql.REQUEUE, (now, id))[0] == 1

    def drop(self, id: bytes, reason: str) -> bool:
        """Give a dead letter up; False when it is none."""
        return self._changed(sql.DROP, (reason, id))[0] == 1

    def _state(self, schema: int, notes: Mapping[str, str]) -> StoreState:
        streams, events, timers, waiting, parked, oldest = self._rows(sql.COUNTS, ())[0]
        counts = (streams, events, timers, waiting, parked)
        runs = dict(self._rows(sql.RUNS, ()))
        return StoreState(schema, schema, *counts, notes, oldest, runs)

    def _rows(self, statement: str, values: Values) -> list[Any]:
        return self._asked([(statement, values)])[0]

    def _found(self, questions: Sequence[tuple[str, Values]]) -> list[Any]:
        return [row for rows in self._asked(questions) for row in rows]

    def _changed(self, statement: str, values: Values) -> tuple[int, list[Any]]:
        return self._write(lambda link: link.execute(statement, values))


def _when(timer: TimerRow) -> tuple[int, bytes, str]:
    return timer.due, timer.stream, timer.name


def _settling(one: Settled, token: bytes) -> Step:
    values = (one.state, one.due, one.error, int(one.counts), one.id, token)
    return sql.SETTLE_MESSAGE, (values,)


def _listed(statement: str, keys: Sequence[Any], width: int = 1) -> list[tuple[str, Values]]:
    """Give the questions about some keys, so many in each as a statement can take."""
    if width == 1 and 0 < len(keys) <= CHUNK:
        return [(sql.listed(statement, len(keys)), keys)]
    questions: list[tuple[str, Values]] = []
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        values = part if width == 1 else [value for key in part for value in key]
        questions.append((sql.listed(statement, len(part), width), values))
    return questions
