"""How the library's statements are said to PostgreSQL: all that differs stands here.

The library writes its SQL with `?`. Each text is turned once: parameters, lists, the schema
before each table, and the few statements that several writers at once need otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, get_args, get_type_hints

from referral_flow.ports import CommandRow, EventRow, OutboxRow, StreamRow, WordsRow
from referral_flow.stores import statements as sql
from referral_flow.stores.writing import Values

_TABLE = re.compile(r"\brf_(?=[a-z]+\b)")
_MESSAGE = ", ".join(f"m.{name}" for name in OutboxRow._fields)

# A list comes as JSON. As an array it is made once, and an index can be asked for it.
_LIST = "(ARRAY(SELECT jsonb_array_elements_text(?::jsonb)))"
_REPLACED = (
    # NOT IN would be asked row by row once its list does not fit into memory.
    (
        "stream NOT IN (SELECT stream FROM left_out)",
        "NOT EXISTS (SELECT FROM left_out g WHERE g.stream = rf_event.stream)",
    ),
    ("IN (SELECT value FROM json_each(?))", f"= ANY {_LIST}"),
    ("SELECT value FROM json_each(?)", "SELECT jsonb_array_elements_text(?::jsonb) AS value"),
)

# Several lease at once: each takes rows that no other has locked, and none waits. What is
# free is found once, whatever the planner thinks, or more would be locked than were asked for.
_LEASE = """
    WITH given (token, until) AS (VALUES (?::bytea, ?::bigint)),
         free AS MATERIALIZED ({free} FOR UPDATE SKIP LOCKED)
    UPDATE {table} m SET lease = given.token, lease_until = given.until
    FROM given, free WHERE {same} RETURNING {columns}"""


def _lease_messages(among: str) -> str:
    free = f"""SELECT w.id FROM rf_outbox w
            WHERE w.state = 'waiting' AND w.due <= ? AND coalesce(w.lease_until, 0) <= ? {among}
              AND NOT EXISTS (
                SELECT FROM rf_outbox f
                WHERE f.state = 'waiting' AND f.stream = w.stream AND f.notifier = w.notifier
                  AND (f.version, f.position) < (w.version, w.position))
            ORDER BY w.due, w.id LIMIT ?"""
    return _LEASE.format(table="rf_outbox", free=free, same="m.id = free.id", columns=_MESSAGE)


_OTHERWISE = {
    sql.LEASE_TIMERS: _LEASE.format(
        table="rf_timer",
        free="""SELECT stream, name FROM rf_timer
            WHERE due <= ? AND coalesce(lease_until, 0) <= ?
            ORDER BY due, stream, name LIMIT ?""",
        same="m.stream = free.stream AND m.name = free.name",
        columns="m.stream, m.name, m.due, m.lease",
    ),
    sql.LEASE_MESSAGES: _lease_messages(""),
    sql.LEASE_MESSAGES_OF: _lease_messages("AND w.notifier IN (SELECT value FROM json_each(?))"),
    sql.LEASE_DIGEST: _LEASE.format(
        table="rf_outbox",
        free="""SELECT id FROM rf_outbox
            WHERE state = 'digest' AND notifier = ? AND due <= ? AND coalesce(lease_until, 0) <= ?
              AND recipient = (
                SELECT recipient FROM rf_outbox
                WHERE state = 'digest' AND notifier = ? AND due <= ?
                  AND coalesce(lease_until, 0) <= ? ORDER BY due, id LIMIT 1)
            ORDER BY id""",
        same="m.id = free.id",
        columns=_MESSAGE,
    ),
}
LEASES = frozenset(_OTHERWISE)
"""What looks for rows that wait: its plan depends on how many do, and is made each time."""

_COPIED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    sql.ADD_COMMAND: ("rf_command", get_type_hints(CommandRow)),
    sql.ADD_STREAM: ("rf_stream", get_type_hints(StreamRow)),
    sql.ADD_EVENT: ("rf_event", {**get_type_hints(EventRow), "kind": str}),
    sql.ADD_WORDS: ("rf_words", get_type_hints(WordsRow)),
    sql.ADD_MESSAGE: ("rf_outbox", get_type_hints(OutboxRow)),
}
_TYPES: Mapping[Any, str] = {bytes: "bytea", int: "int8", str: "text"}
# Many rows at once, as columns: one look at the table instead of one for each row. Where a
# row must not come twice, its key is what stands first.
_TOGETHER = {
    sql.TAKE: """
    INSERT INTO rf_unique (kind, value, stream)
    SELECT kind, value, stream FROM unnest(?::text[], ?::text[], ?::bytea[])
           AS given (kind, value, stream)
    ON CONFLICT (kind, value) DO UPDATE SET stream = excluded.stream
    WHERE rf_unique.stream = excluded.stream""",
    sql.SET_TIMER: """
    INSERT INTO rf_timer (stream, name, due)
    SELECT stream, name, due FROM unnest(?::bytea[], ?::text[], ?::bigint[])
           AS given (stream, name, due)
    ON CONFLICT (stream, name) DO UPDATE
    SET due = excluded.due, lease = NULL, lease_until = NULL""",
    sql.CANCEL_TIMER: """
    DELETE FROM rf_timer t USING unnest(?::bytea[], ?::text[]) AS given (stream, name)
    WHERE t.stream = given.stream AND given.name IN (t.name, '*')""",
    sql.WITHDRAW: """
    UPDATE rf_outbox m SET state = 'withdrawn', lease = NULL, lease_until = NULL
    FROM unnest(?::bytea[], ?::text[]) AS given (stream, kind)
    WHERE m.stream = given.stream AND given.kind IN (m.kind, '*')
      AND m.state IN ('waiting', 'digest', 'parked')""",
}
_KEY = 2
_RELIED_ON = sql.VERSIONS.partition("*")[0]


class Dialect:
    """The texts for the tables of one schema."""

    def __init__(self, schema: str) -> None:
        self._schema = f'"{schema}"'
        self._said: dict[str, str] = {}
        self._numbered: dict[str, str] = {}
        # All that waits for one recipient goes in one digest, so these leases take turns.
        self.before = {sql.LEASE_DIGEST: f"SELECT pg_advisory_xact_lock({lock(schema, 'digest')})"}
        # A queue was empty when the planner last counted it: it would sort all that waits for
        # each page. In the transaction of a host this would stay set, so there it is not.
        self.before_alone = {
            **self.before,
            **dict.fromkeys(
                (sql.LEASE_MESSAGES, sql.LEASE_MESSAGES_OF),
                "SELECT set_config('enable_sort', 'off', true)",
            ),
        }
        self.copied = {
            statement: (_copy(f"{self._schema}.{table}", columns), _types(columns))
            for statement, (table, columns) in _COPIED.items()
        }
        self.kinds = f"SELECT id, kind FROM {self._schema}.rf_stream WHERE id = ANY ($1)"

    def said(self, statement: str) -> str:
        """Give the text for a statement of the library, with the parameters of psycopg."""
        said = self._said.get(statement)
        if said is None:
            text = self._turned(statement).replace("%", "%%").replace("?", "%s")
            said = self._said[statement] = text
        return said

    def numbered(self, statement: str) -> str:
        """Give the text for a statement of the library, with the parameters of the server."""
        text = self._numbered.get(statement)
        if text is None:
            first, *others = self._turned(statement).split("?")
            text = first + "".join(f"${n}{part}" for n, part in enumerate(others, 1))
            self._numbered[statement] = text
        return text

    def together(self, statement: str, rows: Sequence[Values]) -> tuple[str, Values] | None:
        """Give one statement that does the same for all rows, where there is one."""
        text = _TOGETHER.get(statement)
        if text is None or len({row[:_KEY] for row in map(tuple, rows)}) < len(rows):
            return None
        return self.numbered(text), [list(column) for column in zip(*rows, strict=True)]

    def _turned(self, statement: str) -> str:
        text = _OTHERWISE.get(statement, statement)
        for theirs, ours in _REPLACED:
            text = text.replace(theirs, ours)
        if text.startswith(_RELIED_ON):
            # What was relied on must stand until the commit, not only until it was looked at.
            text += " ORDER BY id FOR SHARE"
        return _TABLE.sub(f"{self._schema}.rf_", text)


def _copy(table: str, columns: Iterable[str]) -> str:
    return f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"


def _types(columns: Mapping[str, Any]) -> list[str]:
    """Give the types of the columns; what may be None has its other type first."""
    return [_TYPES[(get_args(hint) or (hint,))[0]] for hint in columns.values()]


def lock(schema: str, what: str) -> int:
    """Give the number of the advisory lock for something that is done in a schema."""
    name = f"referral_flow {schema} {what}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "big", signed=True)
