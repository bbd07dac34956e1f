"""The ways in which others lose what SQLite acknowledged, each tried on our store."""

from __future__ import annotations

import ast
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

import referral_flow.stores
from referral_flow.engine.record import change
from referral_flow.errors import (
    CommandReused,
    OutcomeUnknown,
    PluginError,
    StoreError,
    StoreNotMigrated,
    StoreUnreadable,
)
from referral_flow.ports import Batch, Claim
from referral_flow.stores import sqlite as sqlite_store
from referral_flow.stores import sqlite_opening
from referral_flow.stores.sqlite import SqliteStore
from referral_flow.stores.sqlite_opening import SqliteLink
from referral_flow.stores.writing import Answer, Step, in_turn
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.children import at_once
from referral_flow.testing.store_clauses.rows import command, id_of, stream
from tests.stores import in_a_child

Result = TypeVar("Result")

A_COMMAND = change(rows.created(stream(1)), commands=[command(9)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(f"sqlite:///{path}")
    yield store
    store.close()


class FaultyLink:
    """A connection that raises at one of its statements, before or after it was done."""

    def __init__(self, link: SqliteLink, error: BaseException, at: int | str, after: bool) -> None:
        self.connection = link.connection
        self._link, self._error, self._at, self._after = link, error, at, after
        self._done = 0

    def execute(self, sql: str, values: Sequence[Any] = ()) -> tuple[int, list[Any]]:
        return self._do(sql, lambda: self._link.execute(sql, values))

    def executemany(self, sql: str, rows: Sequence[Any]) -> int:
        return self._do(sql, lambda: self._link.executemany(sql, rows))

    def each(self, steps: Iterable[Step]) -> Iterable[Answer]:
        return in_turn(self, steps)

    def _do(self, sql: str, work: Callable[[], Result]) -> Result:
        self._done += 1
        if self._at not in (self._done, sql):
            return work()
        if self._after:
            work()
        raise self._error


def faulty(
    store: SqliteStore,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    at: int | str,
    after: bool,
) -> None:
    monkeypatch.setattr(store, "_writer", FaultyLink(store._writer, error, at, after))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), KeyboardInterrupt()])
def test_an_error_from_the_commit_says_nothing_about_the_rows(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, error: BaseException, after: bool
) -> None:
    with monkeypatch.context() as patch:
        faulty(store, patch, error, "COMMIT", after)
        with pytest.raises(OutcomeUnknown) as told:
            store.append(A_COMMAND)
    assert told.value.data["command_id"] == id_of(9).hex()
    assert (store.load((), id_of(9))[1] is not None) is after
    if after:
        with pytest.raises(CommandReused):
            store.append(A_COMMAND)
    else:
        store.append(A_COMMAND)
    assert store.scan() == [stream(1)]


def test_an_unknown_outcome_without_a_command_names_none(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty(store, monkeypatch, sqlite3.OperationalError("disk I/O error"), "COMMIT", True)
    with pytest.raises(OutcomeUnknown) as told:
        store.lease_timers(1, 2, b"token", 1)
    assert "command_id" not in told.value.data


@pytest.mark.parametrize("after", [False, True])
def test_an_interrupt_at_any_statement_leaves_all_or_nothing(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    for at in count(1):
        with monkeypatch.context() as patch:
            faulty(store, patch, KeyboardInterrupt(), at, after)
            try:
                store.append(A_COMMAND)
            except KeyboardInterrupt:
                assert store.scan() == []
                assert store.load((), id_of(9))[1] is None
            except OutcomeUnknown:
                break
    assert len(store.scan()) == after


def test_a_failure_inside_the_transaction_leaves_nothing(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        faulty(store, patch, sqlite3.OperationalError("database or disk is full"), 4, True)
        with pytest.raises(StoreError) as told:
            store.append(A_COMMAND)
    assert told.value.data["problem"] == "database or disk is full"
    assert store.scan() == []
    store.append(A_COMMAND)


def test_a_store_is_refused_after_a_fork(path: Path) -> None:
    told = at_once(in_a_child.use_after_fork, [(f"sqlite:///{path}",)])
    assert told == [["store_failed", "store_failed", "store_failed", "2"]]


def until_it_raises(use: Callable[[], object], seconds: float = 10) -> None:
    """Use it again and again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        use()


def test_nothing_is_acknowledged_from_the_moment_when_the_file_was_replaced(
    store: SqliteStore, path: Path
) -> None:
    store.append(A_COMMAND)
    path.rename(path.with_name("away.db"))
    with pytest.raises((OutcomeUnknown, StoreUnreadable)):
        store.append(rows.created(stream(2)))
    path.touch()
    with pytest.raises((OutcomeUnknown, StoreUnreadable)):
        store.append(rows.created(stream(3)))
    assert path.stat().st_size == 0


def test_a_file_that_was_replaced_is_soon_neither_read_nor_written(
    store: SqliteStore, path: Path
) -> None:
    store.append(A_COMMAND)
    path.rename(path.with_name("away.db"))
    with pytest.raises(StoreUnreadable):
        until_it_raises(lambda: store.load([], id_of(9)))
    path.touch()
    for use in (store.scan, lambda: store.load([]), lambda: store.append(rows.moved(1, 2))):
        with pytest.raises(StoreUnreadable):
            use()


def test_a_file_that_is_replaced_before_the_commit_is_not_acknowledged(
    store: SqliteStore, path: Path
) -> None:
    def replace(statement: str) -> None:
        if statement == "COMMIT":
            path.rename(path.with_name("away.db"))
            path.touch()

    store._writer.connection.set_trace_callback(replace)
    with pytest.raises(OutcomeUnknown) as told:
        store.append(A_COMMAND)
    assert told.value.data["command_id"] == id_of(9).hex()


def test_nothing_of_the_stores_opens_a_file() -> None:
    """Closing such a handle would drop the locks of SQLite in this process."""
    forbidden = {"open", "fdopen", "read_bytes", "write_bytes", "copy", "copyfile", "copy2", "move"}
    for source in Path(referral_flow.stores.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
                name = called.id if isinstance(called, ast.Name) else called
                assert name not in forbidden, source


def test_readers_never_wait_for_a_writer(store: SqliteStore) -> None:
    store.append(rows.created(stream(1)))

    def reading(link: Any) -> list[Any]:
        link.execute("UPDATE rf_stream SET version = 7")
        return store.scan()

    assert store._in_transaction(reading) == [stream(1)]
    assert store.scan()[0].version == 7


def test_a_reader_cannot_write(store: SqliteStore) -> None:
    with pytest.raises(StoreError, match="readonly"):
        store._read(lambda link: link.execute("DELETE FROM rf_stream"))
    assert store.scan() == []


def test_threads_that_died_leave_no_connection_behind(store: SqliteStore) -> None:
    store.append(rows.created(stream(1)))
    for _ in range(20):
        thread = threading.Thread(target=store.scan)
        thread.start()
        thread.join()
    assert len(store._idle) == 1


def test_closing_lets_go_of_every_file(store: SqliteStore, path: Path) -> None:
    store.append(rows.created(stream(1)))
    together = [threading.Thread(target=store.scan) for _ in range(8)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    store.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    for use in (store.scan, store.check, store.migrate, lambda: store.append(A_COMMAND)):
        with pytest.raises(StoreError, match="closed"):
            use()


def test_the_log_does_not_grow_without_end(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sqlite_store._CHECKPOINT_AFTER, "full", 20)
    sizes = []
    for number in range(1, 201):
        store.append(rows.created(stream(number)))
        sizes.append(path.with_name("store.db-wal").stat().st_size)
    assert max(sizes[100:]) == max(sizes[:100])


def test_a_checkpoint_that_cannot_be_made_harms_nothing(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> SqliteLink:
        raise StoreError(problem="too many open files")

    monkeypatch.setitem(sqlite_store._CHECKPOINT_AFTER, "full", 0)
    monkeypatch.setattr(sqlite_store, "connect", refuse)
    store.append(rows.created(stream(1)))
    store.append(rows.moved(1, 2))
    monkeypatch.undo()
    assert store.scan() == [stream(1, 2)]


def test_a_lock_that_is_not_given_in_time_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_opening, "BUSY_SECONDS", 0.02)
    assert in_a_child.write_while_locked(str(path)) == "store_failed"


def test_text_that_is_no_text_is_told(store: SqliteStore) -> None:
    with pytest.raises(StoreError):
        store.holders([Claim("paper", "\udcff")])
    with pytest.raises(StoreError):
        store.append(Batch(take=[("paper", "\udcff", id_of(1))]))
    store.append(A_COMMAND)


def test_a_connection_that_gives_no_text_is_not_joined(store: SqliteStore, path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = bytes
    connection.execute("BEGIN")
    with pytest.raises(PluginError):
        store.join(connection)
    connection.close()


def test_a_database_without_our_tables_is_not_joined(store: SqliteStore, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.db", isolation_level=None)
    connection.execute("CREATE TABLE note (text TEXT)")
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreNotMigrated) as told:
        store.join(connection)
    assert told.value.data["found"] == 0
    assert connection.in_transaction
    connection.close()


def test_a_host_whose_disk_is_full_is_told(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    joined = store.join(connection)
    full = sqlite3.OperationalError("database or disk is full")
    monkeypatch.setattr(joined, "_link", FaultyLink(SqliteLink(connection), full, 3, True))
    with pytest.raises(StoreError):
        joined.append(A_COMMAND)
    connection.execute("COMMIT")
    connection.close()
    assert store.scan() == []
