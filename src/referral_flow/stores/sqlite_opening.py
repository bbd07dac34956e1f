"""Open an SQLite file so that what is acknowledged is on the disk, or refuse to open it.

Nothing here, or anywhere in this process, may open the file by its path: closing such a
handle drops the locks of SQLite, and other processes then lose acknowledged commits. We
look at it with `stat` and `access` only.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen

from referral_flow.errors import StoreError, StoreMissing, StoreUnreadable, WrongUrl
from referral_flow.stores.writing import Answer, Step, Values, in_turn

BUSY_SECONDS = 5.0
TROUBLE = (sqlite3.Error, UnicodeError, OverflowError)
"""What the driver raises when the database, or a value, does not do."""

# STRICT, RETURNING, and JSON without an option at compile time.
_OLDEST = (3, 38, 0)
_SYNCHRONOUS = {"full": 2, "normal": 1}
_UNREADABLE = ("NOTADB", "CORRUPT", "READONLY", "CANTOPEN", "PERM", "AUTH")


@frozen
class Place:
    """Where a store lies and how it is to be opened."""

    path: Path
    synchronous: str = "full"
    mmap_size: int = 0


class SqliteLink:
    """A connection as `writing.Link`; its cursor ignores what a host set on the connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._cursor = sqlite3.Cursor(connection)

    def execute(self, sql: str, values: Values = ()) -> tuple[int, list[Any]]:
        """Run one statement; give how many rows it changed and the rows that it gave."""
        # Of a named tuple the driver takes each value by a call, ten times as slow.
        cursor = self._cursor.execute(sql, tuple(values))
        # What RETURNING changed is counted only once all of it was fetched.
        rows = cursor.fetchall() if cursor.description else []
        return cursor.rowcount, rows

    def executemany(self, sql: str, rows: Any) -> int:
        """Run one statement for each row; give how many rows were changed in all."""
        return self._cursor.executemany(sql, map(tuple, rows)).rowcount

    def each(self, steps: Iterable[Step]) -> Iterable[Answer]:
        """Run steps in their order, and give the answer to each."""
        return in_turn(self, steps)


def check_library() -> None:
    """Refuse a library of SQLite that is too old for the statements; raises StoreError."""
    if sqlite3.sqlite_version_info < _OLDEST:
        wanted = ".".join(map(str, _OLDEST))
        raise StoreError(problem="sqlite_too_old", found=sqlite3.sqlite_version, wanted=wanted)


def parse(url: str) -> Place:
    """Read `sqlite:///relative.db` or `sqlite:////absolute.db`, with options after a `?`.

    Raises WrongUrl for another form, for a database in memory, and for an option that is
    not known.
    """
    address, _, query = url.partition("?")
    path = address.removeprefix("sqlite:///")
    if path == address or not path or ":memory:" in path:
        raise WrongUrl(url=url, problem="no_file_named")
    options = dict(parse_qsl(query, keep_blank_values=True))
    synchronous = options.pop("synchronous", "full")
    mmap_size = options.pop("mmap_size", "0")
    if options or synchronous not in _SYNCHRONOUS or not mmap_size.isdecimal():
        raise WrongUrl(url=url, problem="unknown_option")
    return Place(Path(path).absolute(), synchronous, int(mmap_size))


def check_place(path: Path) -> None:
    """Refuse a place where no store can be, before SQLite touches it.

    Raises StoreMissing where the folder is missing, StoreUnreadable for what is no file or
    may not be written.
    """
    try:
        if not path.parent.is_dir():
            raise StoreMissing(path=str(path), problem="no_folder")
        there = path.exists()
        if there and not path.is_file():
            raise StoreUnreadable(path=str(path), problem="not_a_file")
    except OSError as error:
        raise StoreUnreadable(path=str(path), problem=str(error)) from error
    # SQLite would open it for reading without a word, and fail at the first command.
    if not _writable(path.parent) or (there and not _writable(path)):
        raise StoreUnreadable(path=str(path), problem="not_writable")


def connect(place: Place, *, reading: bool = False) -> SqliteLink:
    """Open one connection, with every setting read back.

    Raises StoreUnreadable where the file is something else or a setting does not hold.
    """
    try:
        connection = sqlite3.connect(
            f"{place.path.as_uri()}?mode={'rw' if reading else 'rwc'}",
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )
    except sqlite3.Error as error:
        raise failure(error, place.path) from error
    try:
        link = SqliteLink(connection)
        _use_wal(link, place.path)
        for name, (value, wanted) in settings(place, reading).items():
            link.execute(f"PRAGMA {name} = {value}")
            _check_setting(link, name, wanted, place.path)
    except sqlite3.Error as error:
        connection.close()
        raise failure(error, place.path) from error
    except BaseException:
        connection.close()
        raise
    return link


def settings(place: Place, reading: bool) -> dict[str, tuple[object, object]]:
    """Give each pragma, the value to set and the value that must be read back."""
    return {
        "synchronous": (place.synchronous, _SYNCHRONOUS[place.synchronous]),
        "busy_timeout": (int(BUSY_SECONDS * 1000), int(BUSY_SECONDS * 1000)),
        "cache_size": (-64000, -64000),
        # Two checkpoints at once can lose commits before SQLite 3.51.3: the store makes its
        # own, under the lock of the writer.
        "wal_autocheckpoint": (0, 0),
        "mmap_size": (place.mmap_size, place.mmap_size),
        "query_only": (int(reading), int(reading)),
    }


def failure(error: Exception, path: Path) -> StoreError:
    """Give the error of the port for one of the driver."""
    name = getattr(error, "sqlite_errorname", None) or ""
    known = any(name.startswith(f"SQLITE_{kind}") for kind in _UNREADABLE)
    problem = "not_a_database" if name == "SQLITE_NOTADB" else str(error)
    return (StoreUnreadable if known else StoreError)(path=str(path), problem=problem)


def _writable(path: Path) -> bool:
    effective = os.access in os.supports_effective_ids
    return os.access(path, os.W_OK, effective_ids=effective)


def _use_wal(link: SqliteLink, path: Path) -> None:
    # Turning WAL on does not wait for others that do the same, so we ask again.
    deadline = time.monotonic() + BUSY_SECONDS
    while link.execute("PRAGMA journal_mode")[1][0][0] != "wal":
        try:
            link.execute("PRAGMA journal_mode = wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            break
    _check_setting(link, "journal_mode", "wal", path)


def _check_setting(link: SqliteLink, name: str, wanted: object, path: Path) -> None:
    rows = link.execute(f"PRAGMA {name}")[1]
    found = rows[0][0] if rows else None
    if found != wanted:
        problem = f"{name} is {found!r} where {wanted!r} was asked for"
        raise StoreUnreadable(path=str(path), problem=problem)
