"""What the work on a province is compared with: `sqlite3` alone, and the rows' own bytes."""

from __future__ import annotations

import sqlite3
from itertools import repeat

from benchmarks.contenders import province_store
from benchmarks.contenders.measuring import Seen, main, timed
from benchmarks.contenders.scale import ON

# One pass over the rows that a report counts, reading what a figure is made of.
_PASS = """
    SELECT count(*), count(was), sum(length(was_mark)), sum(length(now)), sum(length(mark))
    FROM rf_event INDEXED BY rf_event_requester
    WHERE kind = 'referral' AND now IS NOT NULL AND day <= ?"""
_TABLES = ("stream", "event", "words", "command", "unique", "timer", "outbox", "grant", "run")


def report(count: int) -> Seen:
    """Go once over the index that a report reads."""
    connection = sqlite3.connect(province_store.large())
    connection.execute("PRAGMA cache_size = -64000")

    def run() -> None:
        for day in repeat(ON.isoformat(), count):
            connection.execute(_PASS, (day,)).fetchall()

    run()
    return timed(run, count)


def rows(count: int) -> Seen:
    """Give the bytes of all values in all rows, for each command that was done.

    Text and bytes count as they are, a whole number as the bytes that SQLite writes it in,
    NULL as nothing. Whatever is said twice in rows, as an id is, counts twice.
    """
    connection = sqlite3.connect(province_store.small())
    total = 0
    for table in _TABLES:
        names = [row[1] for row in connection.execute(f"PRAGMA table_info(rf_{table})")]
        size = " + ".join(f"coalesce({_SIZE.format(name)}, 0)" for name in names)
        total += connection.execute(f"SELECT coalesce(sum({size}), 0) FROM rf_{table}").fetchone()[
            0
        ]
    return Seen(1, 1, count, total / _commands(connection))


_SIZE = """CASE typeof({0}) WHEN 'integer' THEN CASE
    WHEN {0} IN (0, 1) THEN 0 WHEN {0} BETWEEN -128 AND 127 THEN 1
    WHEN {0} BETWEEN -32768 AND 32767 THEN 2 WHEN {0} BETWEEN -8388608 AND 8388607 THEN 3
    WHEN {0} BETWEEN -2147483648 AND 2147483647 THEN 4
    WHEN {0} BETWEEN -140737488355328 AND 140737488355327 THEN 6 ELSE 8 END
    ELSE length(CAST({0} AS BLOB)) END"""


def file(count: int) -> Seen:
    """Give the bytes of the file for each command: indexes too, and what is empty in a page.

    Pages that are free as a whole are left out: the next rows fill them before the file grows.
    """
    connection = sqlite3.connect(province_store.small())
    ((pages,),) = connection.execute(
        "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count"
    )
    ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    return Seen(1, 1, count, pages * size / _commands(connection))


def _commands(connection: sqlite3.Connection) -> int:
    ((commands,),) = connection.execute("SELECT count(*) FROM rf_command").fetchall()
    return int(commands)


if __name__ == "__main__":
    main({"report": report, "rows": rows, "file": file})
