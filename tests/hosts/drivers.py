"""Applications on a bare driver: `sqlite3` and psycopg 3."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from referral_flow.testing.hosts import Inside

T = TypeVar("T")


class InsideSqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def add(self, text: str) -> None:
        self.connection.execute("INSERT INTO note VALUES (?)", (text,))

    def undone(self, work: Callable[[], object]) -> None:
        self.connection.execute("SAVEPOINT mine")
        work()
        self.connection.execute("ROLLBACK TO mine")


class SqliteApplication:
    """An application on a connection of its own, with its own row factory."""

    to_type = 'connection.execute("BEGIN IMMEDIATE")'
    tells = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute(NOTES)

    def run(self, work: Callable[[Inside], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(InsideSqlite(self._connection))
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return result

    def run_bare(self, work: Callable[[Any], T]) -> T:
        return work(self._connection)

    def cut_off(self, work: Callable[[Inside], object]) -> None:
        interrupt(self.run, work)

    def committed(self) -> list[str]:
        return notes_of(self._path)

    def close(self) -> None:
        self._connection.close()


class InsidePsycopg:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def add(self, text: str) -> None:
        self.connection.execute("INSERT INTO note (text) VALUES (%s)", (text,))

    def undone(self, work: Callable[[], object]) -> None:
        with self.connection.transaction():
            work()
            raise psycopg.Rollback


class PsycopgApplication:
    """An application on a connection of psycopg, where each statement is its own transaction."""

    to_type = "with connection.transaction():"
    tells = False

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(NUMBERED_NOTES)

    def run(self, work: Callable[[Inside], T]) -> T:
        with self._connection.transaction():
            return work(InsidePsycopg(self._connection))

    def run_bare(self, work: Callable[[Any], T]) -> T:
        return work(self._connection)

    def cut_off(self, work: Callable[[Inside], object]) -> None:
        interrupt(self.run, work)

    def committed(self) -> list[str]:
        return notes_at(self._url)

    def close(self) -> None:
        self._connection.close()


NOTES = "CREATE TABLE note (text TEXT)"
NUMBERED_NOTES = "CREATE TABLE note (place serial PRIMARY KEY, text text)"


def notes_of(path: Path) -> list[str]:
    """Give the rows in an SQLite file, by a connection of its own."""
    connection = sqlite3.connect(path)
    found = [text for (text,) in connection.execute("SELECT text FROM note ORDER BY rowid")]
    connection.close()
    return found


def notes_at(url: str) -> list[str]:
    """Give the rows in a PostgreSQL database, by a connection of its own."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT text FROM note ORDER BY place")
        return [text for (text,) in found]


def interrupt(
    run: Callable[[Callable[[Inside], object]], object], work: Callable[[Inside], object]
) -> None:
    """Press Ctrl-C between the work and the commit."""

    def interrupted(inside: Inside) -> None:
        work(inside)
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        run(interrupted)
