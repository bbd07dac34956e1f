"""The SQL text of every statement that is the same each time, for the tables of `migrations`.

What is made for a question is in `finding` and `counting`. Parameters are written as `?`; a
host whose driver writes them otherwise turns the text once. No statement may provoke an
error of the database inside a host's transaction: a lost race is a row count. Hence
`ON CONFLICT`, and a version in each WHERE.
"""

from __future__ import annotations

from functools import lru_cache

from referral_flow.stores.said import AMONG

_STREAM = "id, kind, version, state, requester, owner, mark, due, data"
_COMMAND = "id, digest, at, ranges"
_MESSAGE = (
    "id, stream, version, position, notifier, kind, key, data, tries, due, lease, state, error,"
    " recipient"
)
# As the index of them says it, or it is not used: SQLite sees no other way that it holds.
_UNSENT = "state IN ('waiting', 'digest', 'parked')"

# --- the schema, and reading -------------------------------------------------------------

VERSION = "SELECT max(version) FROM rf_schema"
ADD_VERSION = "INSERT INTO rf_schema (version, applied_at, secret) VALUES (?, ?, ?)"
SECRET = "SELECT secret FROM rf_schema WHERE secret IS NOT NULL ORDER BY version LIMIT 1"
# The oldest by a part of its id that is all of it: asked by the id itself, SQLite goes through
# all that was ever withdrawn before it comes to one that waits.
COUNTS = """
    SELECT (SELECT count(*) FROM rf_stream),
           (SELECT count(*) FROM rf_event),
           (SELECT count(*) FROM rf_timer),
           (SELECT count(*) FROM rf_outbox WHERE state = 'waiting')
           + (SELECT count(*) FROM rf_outbox WHERE state = 'digest'),
           (SELECT count(*) FROM rf_outbox WHERE state = 'parked'),
           (SELECT id FROM (
                SELECT id FROM rf_outbox WHERE state = 'waiting'
                UNION ALL SELECT id FROM rf_outbox WHERE state = 'digest') w
            ORDER BY substr(id, 1) LIMIT 1)"""
RUNS = "SELECT name, at FROM rf_run"
QUEUES = """
    SELECT notifier, count(*) FROM rf_outbox WHERE state = 'waiting' GROUP BY notifier
    UNION ALL
    SELECT notifier, count(*) FROM rf_outbox WHERE state = 'digest' GROUP BY notifier"""
COMMAND = f"SELECT {_COMMAND} FROM rf_command WHERE id = ?"
STREAMS = f"SELECT {_STREAM} FROM rf_stream WHERE id IN (*)"
VERSIONS = "SELECT id, version FROM rf_stream WHERE id IN (*)"
SCAN = f"SELECT {_STREAM} FROM rf_stream WHERE id > ? ORDER BY id LIMIT ?"
HISTORY = """
    SELECT e.stream, e.version, e.recorded_at, e.day, e.type, e.was, e.now, e.was_mark, e.mark,
           e.requester, e.owner, e.command, e.data, e.hash, e.left_requester, e.left_owner,
           w.stream, w.version, w.salt, w.data
    FROM rf_event e
    LEFT JOIN rf_words w ON w.stream = e.stream AND w.version = e.version
    WHERE e.stream = ? AND e.version > ? ORDER BY e.version LIMIT ?"""
# Not `(stream, version) IN (VALUES *)`: for that the planner reads the whole table.
WORDS = """
    WITH asked (stream, version) AS (VALUES *)
    SELECT w.stream, w.version, w.data FROM asked CROSS JOIN rf_words w
    WHERE w.stream = asked.stream AND w.version = asked.version"""
HOLDERS = """
    WITH asked (kind, value) AS (VALUES *)
    SELECT u.kind, u.value, u.stream FROM asked CROSS JOIN rf_unique u
    WHERE u.kind = asked.kind AND u.value = asked.value"""
CLAIMS_OF = "SELECT kind, value, stream FROM rf_unique WHERE stream IN (*) ORDER BY kind, value"
TIMERS_OF = """
    SELECT stream, name, due, lease FROM rf_timer WHERE stream IN (*) ORDER BY stream, name"""
DUE_TIMERS = """
    SELECT stream, name, due, lease FROM rf_timer
    WHERE due <= ? ORDER BY due, stream, name LIMIT ?"""
PARKED = f"""
    SELECT {_MESSAGE} FROM rf_outbox WHERE state = 'parked' AND id > ? ORDER BY id LIMIT ?"""

# --- one batch -----------------------------------------------------------------------

ADD_COMMAND = f"INSERT INTO rf_command ({_COMMAND}) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
ADD_STREAM = f"""
    INSERT INTO rf_stream ({_STREAM}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
SET_STREAM = """
    UPDATE rf_stream SET kind = ?, version = ?, state = ?, requester = ?, owner = ?, mark = ?,
           due = ?, data = ? WHERE id = ? AND version = ?"""
ADD_EVENT = """
    INSERT INTO rf_event (stream, version, recorded_at, day, type, was, now, was_mark, mark,
           requester, owner, command, data, hash, left_requester, left_owner, kind)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
            coalesce(?, (SELECT kind FROM rf_stream WHERE id = ?)))
    ON CONFLICT DO NOTHING"""
ADD_WORDS = """
    INSERT INTO rf_words (stream, version, salt, data) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
FREE = "DELETE FROM rf_unique WHERE kind = ? AND value = ? AND stream = ?"
TAKE = """
    INSERT INTO rf_unique (kind, value, stream) VALUES (?, ?, ?)
    ON CONFLICT (kind, value) DO UPDATE SET stream = excluded.stream
    WHERE rf_unique.stream = excluded.stream"""
CANCEL_TIMER = "DELETE FROM rf_timer WHERE stream = ? AND ? IN (name, '*')"
SET_TIMER = """
    INSERT INTO rf_timer (stream, name, due) VALUES (?, ?, ?)
    ON CONFLICT (stream, name) DO UPDATE SET due = excluded.due, lease = NULL, lease_until = NULL"""
WITHDRAW = f"""
    UPDATE rf_outbox SET state = 'withdrawn', lease = NULL, lease_until = NULL
    WHERE stream = ? AND ? IN (kind, '*') AND {_UNSENT}"""
ADD_MESSAGE = f"""
    INSERT INTO rf_outbox ({_MESSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""

# --- leases --------------------------------------------------------------------------

LEASE_TIMERS = """
    UPDATE rf_timer SET lease = ?, lease_until = ? WHERE (stream, name) IN (
        SELECT stream, name FROM rf_timer WHERE due <= ? AND coalesce(lease_until, 0) <= ?
        ORDER BY due, stream, name LIMIT ?)
    RETURNING stream, name, due, lease"""
SETTLE_TIMER = "DELETE FROM rf_timer WHERE stream = ? AND name = ? AND lease = ?"
_LEASE_MESSAGES = f"""
    UPDATE rf_outbox SET lease = ?, lease_until = ? WHERE id IN (
        SELECT id FROM rf_outbox m
        WHERE state = 'waiting' AND due <= ? AND coalesce(lease_until, 0) <= ? {{}} AND NOT EXISTS (
            SELECT 1 FROM rf_outbox f
            WHERE f.state = 'waiting' AND f.{_UNSENT}
              AND f.stream = m.stream AND f.notifier = m.notifier
              AND (f.version, f.position) < (m.version, m.position))
        ORDER BY due, id LIMIT ?)
    RETURNING {_MESSAGE}"""
LEASE_MESSAGES = _LEASE_MESSAGES.format("")
LEASE_MESSAGES_OF = _LEASE_MESSAGES.format(f"AND notifier {AMONG}")
LEASE_DIGEST = f"""
    UPDATE rf_outbox SET lease = ?, lease_until = ? WHERE id IN (
        SELECT id FROM rf_outbox
        WHERE state = 'digest' AND notifier = ? AND due <= ? AND coalesce(lease_until, 0) <= ?
          AND recipient = (
            SELECT recipient FROM rf_outbox
            WHERE state = 'digest' AND notifier = ? AND due <= ?
              AND coalesce(lease_until, 0) <= ? ORDER BY due, id LIMIT 1))
    RETURNING {_MESSAGE}"""
REMOVE_MESSAGES = "DELETE FROM rf_outbox WHERE lease = ? AND id IN (*) RETURNING id"
SETTLE_MESSAGE = """
    UPDATE rf_outbox SET state = ?, due = ?, error = ?, tries = tries + ?, lease = NULL,
           lease_until = NULL WHERE id = ? AND lease = ?"""
REQUEUE = """
    UPDATE rf_outbox SET state = 'waiting', due = ?, tries = 0, error = NULL
    WHERE id = ? AND state = 'parked'"""

DROP = "UPDATE rf_outbox SET state = 'dropped', error = ? WHERE id = ? AND state = 'parked'"

NOTE_RUN = """
    INSERT INTO rf_run (name, at) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET at = excluded.at"""

# --- how many on a day ---------------------------------------------------------------

GRANT = """
    INSERT INTO rf_grant (name, day, used, last) SELECT ?, ?, 1, ? WHERE ? > 0
    ON CONFLICT (name, day) DO UPDATE
    SET used = rf_grant.used + CASE WHEN rf_grant.last = excluded.last THEN 0 ELSE 1 END,
        last = excluded.last
    WHERE rf_grant.last = excluded.last OR rf_grant.used < ?"""
GIVE_BACK = """
    UPDATE rf_grant SET used = used - 1, last = '' WHERE name = ? AND day = ? AND last = ?"""
FORGET_GRANTS = "DELETE FROM rf_grant WHERE day < ?"


@lru_cache(maxsize=256)
def listed(sql: str, count: int, width: int = 1) -> str:
    """Write as many parameters as there are values where the text has a `*`."""
    one = "?" if width == 1 else "(" + ", ".join("?" * width) + ")"
    return sql.replace("*", ", ".join([one] * count))
