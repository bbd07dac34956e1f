"""The store in one SQLite file: many readers, one writer at a time, several processes."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import sqrt
from time import monotonic
from typing import Any

from referral_flow.errors import (
    OutcomeUnknown,
    StoreError,
    StoreNotMigrated,
    StoreTooNew,
    StoreUnreadable,
)
from referral_flow.ports import Store, StoreState
from referral_flow.stores import sqlite_schema
from referral_flow.stores.sqlite_joined import JoinedStore
from referral_flow.stores.sqlite_opening import (
    TROUBLE,
    SqliteLink,
    check_library,
    check_place,
    connect,
    failure,
    parse,
)
from referral_flow.stores.statement_store import Result, StatementStore
from referral_flow.stores.writing import Link, Values

# Pages of the log: 1500 are some hundred commands, or four batches, and 6 MB. What was
# changed several times by then is written once. A log that is written over is synced in
# half the time of one that grows; where it is synced only now, it may grow more.
_CHECKPOINT_AFTER = {"full": 1500, "normal": 4000}
_BIG_LOG = 4_000_000  # bytes
_KEPT_READERS = 8
_LOOK_AGAIN_AFTER = 0.1  # seconds
_ONE_CHECKPOINT_AT_A_TIME = (3, 51, 3)


class SqliteStore(StatementStore):
    """Keep a store at `sqlite:///relative.db` or `sqlite:////absolute.db`.

    A missing or empty file becomes a new store. One of an older schema opens, and does
    nothing but `check` until `migrate` was called.

    Raises WrongUrl, StoreMissing, StoreUnreadable, StoreTooNew.
    """

    capabilities = frozenset({"durable", "processes", "join"})

    def __init__(self, url: str) -> None:
        check_library()
        self._place = parse(url)
        self._path = self._place.path
        self._name = str(self._path)
        self._log = self._path.with_name(f"{self._path.name}-wal")
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._idle: deque[SqliteLink] = deque()
        self._closed = False
        self._changes = 0
        self._logged = 0.0
        self._looked_at = 0.0
        check_place(self._path)
        self._writer = connect(self._place)
        try:
            self._file = _identity(self._name)
            self._wanted = sqlite_schema.wanted()
            self._schema = self._open_schema()
        except BaseException:
            self._writer.connection.close()
            raise

    def _open_schema(self) -> int:
        try:
            found = sqlite_schema.version(self._writer)
        except TROUBLE as error:
            raise failure(error, self._path) from error
        if found is None:
            self._in_transaction(sqlite_schema.migrate)
            return self._wanted
        if found > self._wanted:
            raise StoreTooNew(path=str(self._path), found=found, wanted=self._wanted)
        return found

    # --- the store as a whole

    def check(self) -> StoreState:
        """Say how the store stands."""
        self._check_use()
        notes = {
            "path": str(self._path),
            "sqlite": sqlite3.sqlite_version,
            "synchronous": self._place.synchronous,
        }
        if sqlite3.sqlite_version_info < _ONE_CHECKPOINT_AT_A_TIME:
            notes["checkpoints"] = "one at a time, under the lock of a writer"
        if self._schema != self._wanted:
            return StoreState(self._schema, self._wanted, 0, 0, 0, 0, 0, notes)
        return self._state(self._schema, notes)

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:
        """Bring the schema up to date in one transaction; give the names of the steps."""
        self._check_use()
        if dry_run:
            return tuple(step.name for step in sqlite_schema.missing(self._schema))
        done = self._in_transaction(sqlite_schema.migrate)
        self._schema = self._wanted
        return done

    def join(self, connection: Any) -> Store:
        """Give a store inside the transaction that is open on a `sqlite3.Connection`."""
        return JoinedStore(connection)

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        # After a fork the connections are the parent's; closing them here could undo its locks.
        if self._closed or os.getpid() != self._process:
            return
        with self._lock:
            self._closed = True
            with suppress(OSError):
                if self._log.stat().st_size > _BIG_LOG:
                    self._checkpoint()
            self._writer.connection.close()
        self._close_idle()

    # --- transactions

    def _read(self, work: Callable[[Link], Result]) -> Result:
        self._check_schema()
        return self._on_a_reader(work)

    def _on_a_reader(self, work: Callable[[Link], Result]) -> Result:
        try:
            link = self._idle.pop()
        except IndexError:
            link = connect(self._place, reading=True)
        try:
            result = work(link)
        except BaseException as error:
            # A statement left half read would hold its snapshot, and the log would grow.
            link.connection.close()
            if isinstance(error, TROUBLE):
                raise failure(error, self._path) from error
            raise
        if len(self._idle) < _KEPT_READERS:
            self._idle.append(link)
        else:
            link.connection.close()
        if self._closed:
            self._close_idle()
        return result

    def _looked_up(self, questions: Sequence[tuple[str, Values]]) -> list[list[Any]]:
        # A reader forgets its pages at each commit; the writer has kept those that it wrote.
        if not self._lock.acquire(blocking=False):
            return self._asked(questions)
        try:
            self._check_schema()
            return [self._writer.execute(*question)[1] for question in questions]
        except TROUBLE as error:
            raise failure(error, self._path) from error
        finally:
            self._lock.release()

    def _write(self, work: Callable[[Link], Result], command: str | None = None) -> Result:
        self._check_schema()
        return self._in_transaction(work, command)

    def _in_transaction(self, work: Callable[[Link], Result], command: str | None = None) -> Result:
        sent = False
        with self._lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                result = work(self._writer)
                sent = True
                self._writer.execute("COMMIT")
                self._check_file()
                self._note_logged()
                if self._logged > _CHECKPOINT_AFTER[self._place.synchronous]:
                    self._checkpoint()
            except BaseException as error:
                self._roll_back()
                if sent:
                    # Neither a failed fsync nor an interrupt says that the rows are not there.
                    known = {"command_id": command} if command else {}
                    raise OutcomeUnknown(problem=str(error), **known) from error
                if isinstance(error, TROUBLE):
                    raise failure(error, self._path) from error
                raise
            return result

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            if self._writer.connection.in_transaction:
                self._writer.execute("ROLLBACK")

    def _note_logged(self) -> None:
        # Measured: 15 pages for 5 changes, 50 for 55, 380 for 4,000. The more are changed
        # together, the more of them share a page; SQLite itself does not tell.
        changes = self._writer.connection.total_changes
        self._logged += 6 * sqrt(changes - self._changes)
        self._changes = changes

    def _checkpoint(self) -> None:
        # Where it cannot be done now, the next one does it: nothing is lost by waiting.
        with suppress(StoreError, *TROUBLE):
            self._logged = 0.0
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                self._on_a_reader(lambda link: link.execute("PRAGMA wal_checkpoint(PASSIVE)"))
            finally:
                self._roll_back()

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().connection.close()

    # --- what must hold at each use

    def _check_schema(self) -> None:
        self._check_use()
        if self._schema != self._wanted:
            raise StoreNotMigrated(path=str(self._path), found=self._schema, wanted=self._wanted)

    def _check_use(self) -> None:
        if os.getpid() != self._process:
            raise StoreError(path=str(self._path), problem="forked")
        if self._closed:
            raise StoreError(path=str(self._path), problem="closed")
        # To look each time would cost a twentieth of a command. No commit is acknowledged
        # before it was looked where the file lies: see `_in_transaction`.
        if monotonic() > self._looked_at + _LOOK_AGAIN_AFTER:
            self._check_file()

    def _check_file(self) -> None:
        if _identity(self._name) != self._file:
            raise StoreUnreadable(path=str(self._path), problem="moved")
        self._looked_at = monotonic()


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - Path.stat takes twice as long, at each use
    except OSError:
        return None
    return found.st_dev, found.st_ino
