"""A commit that is not confirmed, a connection that is cut, a server that dies."""

from __future__ import annotations

import signal
from functools import partial
from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg import errors
from referral_flow_postgres.session import RolledBack, Session
from referral_flow_postgres.store import PostgresStore

from referral_flow.engine import change
from referral_flow.errors import (
    CommandReused,
    OutcomeUnknown,
    StoreError,
    StoreUnreadable,
)
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import command, id_of, stream
from tests.support.postgres_disturbed import around, before_each, cutter, nothing, raising, together
from tests.support.postgres_server import PostgresServer, running

A_COMMAND = change(rows.created(stream(1)), commands=[command(9)])


# --- a commit that is not confirmed


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("error", [psycopg.OperationalError("gone"), KeyboardInterrupt()])
def test_an_error_from_the_commit_says_nothing_about_the_rows(
    store: PostgresStore, error: BaseException, done: bool
) -> None:
    said = (nothing, raising(error)) if done else (lambda *_: raising(error)(), None)
    with around("commit", *said), pytest.raises(OutcomeUnknown) as told:
        store.append(A_COMMAND)
    assert told.value.data["command_id"] == id_of(9).hex()
    assert (store.load((), id_of(9))[1] is not None) is done
    if done:
        with pytest.raises(CommandReused):
            store.append(A_COMMAND)
    else:
        store.append(A_COMMAND)
    assert store.scan() == [stream(1)]


def test_a_connection_that_is_cut_at_the_commit_is_an_unknown_outcome(
    store: PostgresStore, administrator: psycopg.Connection[Any]
) -> None:
    with around("commit", cutter(administrator, 1)), pytest.raises(OutcomeUnknown) as told:
        store.append(A_COMMAND)
    assert told.value.data["command_id"] == id_of(9).hex()
    store.append(A_COMMAND)
    assert store.load([id_of(1)], id_of(9)) == ({id_of(1): stream(1)}, command(9))


def test_an_unknown_outcome_without_a_command_names_none(store: PostgresStore) -> None:
    with (
        around("commit", nothing, raising(psycopg.OperationalError("gone"))),
        pytest.raises(OutcomeUnknown) as told,
    ):
        store.lease_timers(1, 2, b"token", 1)
    assert "command_id" not in told.value.data


def test_a_commit_that_the_server_turned_into_a_rollback_is_known(store: PostgresStore) -> None:
    def fail(session: Session, _sql: str) -> None:
        with pytest.raises(errors.DivisionByZero):
            session.run("SELECT 1 / 0")

    with around("commit", fail), pytest.raises(StoreError, match="rolled the transaction back"):
        store.append(A_COMMAND)
    assert store.scan() == []
    assert not isinstance(RolledBack("x"), psycopg.OperationalError)


def test_an_interrupt_at_any_statement_leaves_all_or_nothing(store: PostgresStore) -> None:
    for at in count(1):
        numbers = count(1)

        def interrupt(_session: Session, _sql: str) -> None:
            if next(numbers) == at:  # noqa: B023 - used within this turn
                raise KeyboardInterrupt

        with before_each(interrupt):
            try:
                store.append(A_COMMAND)
            except KeyboardInterrupt:
                assert store.scan() == []
            else:
                break
    assert at > 3
    assert store.scan() == [stream(1)]


# --- connections that are cut, servers that die


def test_what_was_cut_before_the_commit_is_done_again(
    store: PostgresStore, administrator: psycopg.Connection[Any]
) -> None:
    for at in range(1, 5):
        with before_each(cutter(administrator, at)):
            store.append(rows.created(stream(at)))
    assert store.scan() == [stream(number) for number in range(1, 5)]


def test_reading_goes_on_over_a_connection_that_was_cut(
    store: PostgresStore, administrator: psycopg.Connection[Any]
) -> None:
    store.append(A_COMMAND)
    for disturbed in (before_each, partial(around, "commit")):
        with disturbed(cutter(administrator, 1)):
            assert store.scan() == [stream(1)]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT, signal.SIGINT])
def test_a_store_outlives_its_server(
    postgres_server: PostgresServer, store: PostgresStore, how: signal.Signals
) -> None:
    together([(store.scan,)] * 4)
    store.append(A_COMMAND)
    postgres_server.stop(how)
    postgres_server.start()
    assert store.load([id_of(1)], id_of(9)) == ({id_of(1): stream(1)}, command(9))
    store.append(rows.moved(1, 2))
    assert store.scan() == [stream(1, 2)]


def test_what_was_acknowledged_is_there_though_the_server_would_rather_forget(
    postgres_server: PostgresServer, url: str
) -> None:
    """The last of it would be lost with synchronous_commit off, as the database has it here."""
    name = url.partition("?")[0].rpartition("/")[2]
    with postgres_server.connect() as administrator:
        administrator.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
    try:
        store = PostgresStore(url)
        store.migrate()
        for number in range(1, 51):
            store.append(rows.created(stream(number)))
        postgres_server.stop(signal.SIGKILL)
        postgres_server.start()
        assert store.scan() == [stream(number) for number in range(1, 51)]
    finally:
        with postgres_server.connect() as administrator:
            administrator.execute(f"ALTER DATABASE {name} RESET synchronous_commit".encode())


def test_a_server_that_does_not_commit_to_the_disk_is_refused(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "referral_flow_postgres.opening.MAKE_DURABLE",
        "set_config('synchronous_commit', 'off', true)",
    )
    with pytest.raises(StoreUnreadable, match="synchronous_commit to off"):
        store.append(A_COMMAND)
    monkeypatch.undo()
    assert store.scan() == []


def test_a_server_that_waits_for_its_standbys_goes_on_doing_so(
    store: PostgresStore, url: str, administrator: psycopg.Connection[Any]
) -> None:
    name = administrator.info.dbname
    administrator.execute(f"ALTER DATABASE {name} SET synchronous_commit = remote_apply".encode())
    try:
        found: list[str] = []

        def look(session: Session, _sql: str) -> None:
            found.extend(session.run("SHOW synchronous_commit")[0][0])

        with around("commit", look):
            PostgresStore(url).append(A_COMMAND)
        assert found == ["remote_apply"]
    finally:
        administrator.execute(f"ALTER DATABASE {name} RESET synchronous_commit".encode())


def test_a_server_that_is_away_is_told_and_found_again() -> None:
    with running() as server:
        store = PostgresStore(server.url() + "?connect_timeout=2&schema=away")
        store.migrate()
        server.stop()
        with pytest.raises(StoreError, match="Connection refused"):
            store.append(A_COMMAND)
        server.start()
        store.append(A_COMMAND)
        assert store.scan() == [stream(1)]
        store.close()
