"""What must be remembered of a long roster: on disk, in a file that is gone when it is closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from types import TracebackType
from typing import Any, NamedTuple

from referral_flow.codec import read_plain, write_plain
from referral_flow.roster.faults import Fault
from referral_flow.roster.rows import Placed
from referral_flow.words.order import folded

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE seen (member TEXT PRIMARY KEY, line INT, content TEXT) WITHOUT ROWID;
CREATE TABLE papers (paper TEXT PRIMARY KEY, line INT) WITHOUT ROWID;
CREATE TABLE people (
    member TEXT PRIMARY KEY, line INT, workplace TEXT, plain TEXT, birth TEXT
) WITHOUT ROWID;
CREATE TABLE faults (file TEXT, line INT, place TEXT, code TEXT, data BLOB, section TEXT);
"""


class Person(NamedTuple):
    """Somebody of a roster, or of the register (line 0), as far as twins are sought."""

    member: str
    line: int
    workplace: str
    plain: str
    birth: str


class Seen(NamedTuple):
    """The earlier line of a member, and what it said."""

    line: int
    content: str


class Scratch:
    """Lines by what must not come twice, people, and faults."""

    def __init__(self) -> None:
        # Without a name SQLite keeps it in memory until that is full, then in a file.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def seen(self, member: str, paper: str | None) -> tuple[Seen | None, int | None]:
        """Give the earlier line of a member, and that of a paper."""
        row = self._db.execute("SELECT line, content FROM seen WHERE member = ?", (member,))
        of_member = row.fetchone()
        row = self._db.execute("SELECT line FROM papers WHERE paper = ?", (paper,))
        of_paper = row.fetchone()
        return (
            None if of_member is None else Seen(*of_member),
            None if of_paper is None else int(of_paper[0]),
        )

    def keep_seen(self, placed: Placed, paper: str | None) -> None:
        """Note the line of a member and of a known paper that did not come before."""
        row = placed.row
        self._db.execute(
            "INSERT INTO seen VALUES (?, ?, ?)", (row.member, row.line, placed.content)
        )
        if paper is not None:
            self._db.execute("INSERT INTO papers VALUES (?, ?)", (paper, row.line))

    def forget_seen(self, rows: Sequence[tuple[Placed, str | None]]) -> None:
        """Forget rows that were refused: a later one may be right."""
        members = ((placed.row.member,) for placed, _ in rows)
        self._db.executemany("DELETE FROM seen WHERE member = ?", members)
        self._db.executemany("DELETE FROM papers WHERE paper = ?", ((paper,) for _, paper in rows))

    def keep_people(self, rows: Iterable[Placed]) -> None:
        """Keep people; what is known of one is replaced."""
        self._keep(
            (row.member, row.line, workplace, folded(row.name), row.birth)
            for row, workplace, *_ in rows
        )

    def keep_registered(self, people: Iterator[tuple[str, str, str]]) -> None:
        """Keep people of the register: id, workplace, name."""
        self._keep((member, 0, place, folded(name), "") for member, place, name in people)

    def _keep(self, people: Iterator[tuple[str, int, str, str, str]]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?)", people)

    def people(self, order: str) -> Iterator[Person]:
        """Give everybody in the order of some columns."""
        reading = self._db.execute(f"SELECT * FROM people ORDER BY {order}")
        return map(Person._make, reading)

    def keep_faults(self, file: str, faults: Sequence[Fault]) -> None:
        """Keep what is wrong in a file."""
        self._db.executemany(
            "INSERT INTO faults VALUES (?, ?, ?, ?, ?, ?)",
            (
                (file, f.line, f.column, f.code, write_plain(_tagged(f.data)), f.section)
                for f in faults
            ),
        )

    def faults(self) -> Iterator[tuple[str, Fault]]:
        """Give every fault with its file, in the order in which they were found."""
        reading = self._db.execute("SELECT * FROM faults ORDER BY rowid")
        for file, line, column, code, data, section in reading:
            yield file, Fault(line, column, code, _untagged(read_plain(data)), section)


def _tagged(data: Any) -> dict[str, Any]:
    """Mark days: words write them as people do."""
    return {k: {"day": v.isoformat()} if isinstance(v, date) else v for k, v in data.items()}


def _untagged(data: dict[str, Any]) -> dict[str, Any]:
    return {
        k: date.fromisoformat(v["day"]) if isinstance(v, dict) and "day" in v else v
        for k, v in data.items()
    }
