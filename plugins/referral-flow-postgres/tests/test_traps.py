"""The ways in which others lose what PostgreSQL acknowledged, each tried on our store."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import psycopg
import pytest
from attrs import evolve
from psycopg import errors
from referral_flow_postgres.link import PostgresLink, RolledBack
from referral_flow_postgres.store import PostgresStore

from referral_flow.errors import (
    CommandReused,
    ConcurrencyError,
    OutcomeUnknown,
    StoreError,
    StoreUnreadable,
)
from referral_flow.ports import Batch, Claim
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.children import at_once
from referral_flow.testing.store_clauses.rows import command, event, id_of, message, stream, timer
from tests.support import postgres_children
from tests.support.postgres_server import PostgresServer, running

A_COMMAND = evolve(rows.created(stream(1)), commands=[command(9)])
_PATIENCE = 30


@pytest.fixture
def administrator(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@contextmanager
def around(
    name: str, before: Callable[[PostgresLink, str], None], after: Callable[[], None] | None = None
) -> Iterator[None]:
    """Do something before, or after, what the store does on its connection by this name."""
    true = getattr(PostgresLink, name)

    def wrapped(link: PostgresLink, sql: str = "", *given: Any) -> Any:
        before(link, sql)
        result = true(link, sql, *given) if sql else true(link)
        if after is not None:
            after()
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostgresLink, name, wrapped)
        yield


def nothing(_link: PostgresLink, _sql: str) -> None:
    pass


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def cutter(administrator: psycopg.Connection[Any], at: int) -> Callable[[PostgresLink, str], None]:
    """Cut the connection of whoever comes to statement `at`, once."""
    numbers = count(1)

    def cut(link: PostgresLink, _sql: str) -> None:
        if next(numbers) == at:
            end(administrator, link)

    return cut


def end(administrator: psycopg.Connection[Any], link: PostgresLink) -> None:
    pid = link.connection.info.backend_pid
    administrator.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def together(works: Sequence[tuple[Any, ...]]) -> None:
    """Do several works in threads of their own, and wait for all."""
    threads = [threading.Thread(target=work, args=given) for work, *given in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
        assert not thread.is_alive()


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
    def fail(link: PostgresLink, _sql: str) -> None:
        with pytest.raises(errors.DivisionByZero):
            link.run("SELECT 1 / 0")

    with around("commit", fail), pytest.raises(StoreError, match="rolled the transaction back"):
        store.append(A_COMMAND)
    assert store.scan() == []
    assert not isinstance(RolledBack("x"), psycopg.OperationalError)


def test_an_interrupt_at_any_statement_leaves_all_or_nothing(store: PostgresStore) -> None:
    for at in count(1):
        numbers = count(1)

        def interrupt(_link: PostgresLink, _sql: str) -> None:
            if next(numbers) == at:  # noqa: B023 - used within this turn
                raise KeyboardInterrupt

        with around("execute", interrupt):
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
        with around("execute", cutter(administrator, at)):
            store.append(rows.created(stream(at)))
    assert store.scan() == [stream(number) for number in range(1, 5)]


def test_reading_goes_on_over_a_connection_that_was_cut(
    store: PostgresStore, administrator: psycopg.Connection[Any]
) -> None:
    store.append(A_COMMAND)
    for name in ("execute", "commit"):
        with around(name, cutter(administrator, 1)):
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
    """With synchronous_commit off, all of it is lost: the next test shows that it would be."""
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

        def look(link: PostgresLink, _sql: str) -> None:
            found.extend(link.run("SHOW synchronous_commit")[0][0])

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


# --- several at once


def test_what_was_relied_on_stands_until_the_commit(store: PostgresStore) -> None:
    """Each relies on what the other writes: only one of them may win."""
    store.append(rows.created(stream(1), stream(2)))
    both_have_written = threading.Barrier(2)
    waited: set[int] = set()
    told: list[str] = []

    def wait(_link: PostgresLink, sql: str) -> None:
        if "SELECT id, version FROM rf_stream" in sql and threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            both_have_written.wait(_PATIENCE)

    def write(mine: int, other: int) -> None:
        try:
            store.append(evolve(rows.moved(mine, 2), read=[(id_of(other), 1)]))
        except ConcurrencyError:
            told.append("lost")
        else:
            told.append("won")

    with around("execute", wait):
        together([(write, 1, 2), (write, 2, 1)])
    assert sorted(told) == ["lost", "won"]
    assert sorted(row.version for row in store.scan()) == [1, 2]


def test_streams_that_cross_do_not_lock_each_other_out(store: PostgresStore) -> None:
    """They are written by id, whatever the order in which they were given."""
    many = range(1, 9)
    store.append(rows.created(*(stream(number) for number in many)))
    deadlocks: list[str] = []
    true = PostgresLink.execute

    def run(numbers: list[int]) -> None:
        for _ in range(30):
            now = {row.id: row.version for row in store.scan()}
            changes = [(stream(n, now[id_of(n)] + 1), now[id_of(n)]) for n in numbers]
            events = [event(n, now[id_of(n)] + 1) for n in numbers]
            with suppress(ConcurrencyError):
                store.append(Batch(streams=changes, events=events))

    def watched(link: PostgresLink, sql: str, values: Any = ()) -> Any:
        try:
            return true(link, sql, values)
        except errors.DeadlockDetected as error:
            deadlocks.append(str(error))
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostgresLink, "execute", watched)
        together([(run, order) for order in (list(many), list(reversed(many)))] * 2)
    assert deadlocks == []
    assert all(row.version == len(store.history(row.id)) for row in store.scan())
    assert store.scan()[0].version > 1


@pytest.mark.parametrize("error", [errors.DeadlockDetected, errors.SerializationFailure])
def test_a_lost_deadlock_is_tried_again(store: PostgresStore, error: type[Exception]) -> None:
    left = [error("deadlock detected")] * 3

    def fail(_link: PostgresLink, _sql: str) -> None:
        if left:
            raise left.pop()

    with around("execute", fail):
        store.append(A_COMMAND)
    assert (left, store.scan()) == ([], [stream(1)])
    left.extend([error("deadlock detected")] * 99)
    with around("execute", fail), pytest.raises(StoreError, match="deadlock detected"):
        store.append(rows.moved(1, 2))
    assert store.scan() == [stream(1)]


def test_who_leases_waits_for_nobody(store: PostgresStore) -> None:
    """Rows that another leases at this moment are passed over, not waited for."""
    store.append(
        Batch(timers=[timer(n) for n in range(6)], outbox=[message(n, of=n) for n in range(6)])
    )
    got: list[list[bytes]] = []

    def lease_too(_link: PostgresLink, _sql: str) -> None:
        if len(got) == 0:
            got.append([])
            got.append([row.stream for row in store.lease_timers(10, 20, b"second", 2)])
            got.append([row.id for row in store.lease_messages(10, 20, b"second", 2)])

    with around("commit", lease_too):
        first = [row.stream for row in store.lease_timers(10, 20, b"first", 2)]
    assert first == [id_of(0), id_of(1)]
    assert got[1:] == [[id_of(2), id_of(3)], [id_of(0), id_of(1)]]


def test_a_digest_is_given_to_one_of_many_who_ask_at_once(store: PostgresStore) -> None:
    many = [
        message(number, of=number)._replace(state="digest", recipient=f"member:{number % 3}")
        for number in range(60)
    ]
    store.append(Batch(outbox=many))
    got: list[set[str]] = []
    sizes: list[int] = []

    def lease(token: bytes) -> None:
        while leased := store.lease_digest("mail", 10, 20, token):
            got.append({row.recipient for row in leased})
            sizes.append(len(leased))

    together([(lease, bytes([number])) for number in range(6)])
    assert sorted(got, key=str) == [{"member:0"}, {"member:1"}, {"member:2"}]
    assert sizes == [20, 20, 20]


# --- what else must hold


def test_a_store_is_refused_after_a_fork(store: PostgresStore, url: str) -> None:
    assert store.scan() == []
    told = at_once(postgres_children.use_after_fork, [(url,)])
    assert told == [["store_failed:forked"] * 3 + ["2"]]


def test_a_reader_cannot_write(store: PostgresStore) -> None:
    with pytest.raises(StoreError, match="read-only"):
        store._read(lambda link: link.execute("DELETE FROM rf_stream"))


def test_what_is_read_together_is_of_one_moment(store: PostgresStore) -> None:
    store.append(
        evolve(rows.created(stream(1)), take=[("paper", "1", id_of(1))], timers=[timer(1)])
    )
    once = [1]

    def change(_link: PostgresLink, sql: str) -> None:
        if "rf_timer" in sql and once:
            once.clear()
            store.append(Batch(free=[("paper", "1", id_of(1))], cancel=[(id_of(1), "*")]))

    with around("execute", change):
        assert store.held([id_of(1)]) == ([("paper", "1", id_of(1))], [timer(1)])
    assert store.held([id_of(1)]) == ([], [])


def test_a_lock_and_a_statement_have_a_time_limit(url: str, store: PostgresStore) -> None:
    store.append(A_COMMAND)
    quick = PostgresStore(f"{url}&lock_timeout=1&statement_timeout=1")
    with psycopg.connect(**store._address.parameters) as other:
        other.execute(f"LOCK TABLE {store._address.schema}.rf_stream".encode())
        with pytest.raises(StoreError, match=r"(lock|statement) timeout"):
            quick.append(rows.moved(1, 2))
    with pytest.raises(StoreError, match="statement timeout"):
        quick._read(lambda link: link.execute("SELECT pg_sleep(5)"))
    quick.append(rows.moved(1, 2))


def test_nothing_is_left_set_on_a_session(store: PostgresStore) -> None:
    """Behind a pooler the session goes on to somebody else."""
    settings = "SELECT name, setting FROM pg_settings WHERE source = 'session' ORDER BY 1"
    with store._connection() as connection:
        before = connection.execute(settings).fetchall()
    store.append(A_COMMAND)
    store.scan()
    store.lease_digest("mail", 1, 2, b"token")
    store.migrate()
    with store._connection() as connection:
        assert connection.execute(settings).fetchall() == before
        assert (
            connection.execute("SELECT * FROM pg_locks WHERE locktype = 'advisory'").rowcount == 0
        )


def test_an_error_shows_no_data(store: PostgresStore) -> None:
    """PostgreSQL tells the whole row that failed, with whatever is in it."""
    lost = event(7)._replace(data=b"bi mat", owner="r-secret")
    with pytest.raises(StoreError) as told:
        store.append(Batch(events=[lost]))
    shown = "".join(traceback.format_exception(told.value))
    assert "not-null" in shown
    assert "r-secret" not in shown
    assert b"bi mat".hex() not in shown


def test_text_that_is_no_text_is_told(store: PostgresStore) -> None:
    for text in ("\udcff", "a\x00b"):
        with pytest.raises(StoreError):
            store.holders([Claim("paper", text)])
        with pytest.raises(StoreError):
            store.append(Batch(take=[("paper", text, id_of(1))]))
    store.append(A_COMMAND)


def test_many_rows_are_copied_and_one_in_the_way_is_named(store: PostgresStore) -> None:
    copied: list[str] = []
    true = PostgresLink._copy

    def watched(link: PostgresLink, sql: str, rows: Any) -> None:
        copied.append(sql)
        true(link, sql, rows)

    many = [stream(number) for number in range(200)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostgresLink, "_copy", watched)
        store.append(
            evolve(
                rows.created(*many),
                commands=[command(number) for number in range(200)],
                words=[rows.words(number) for number in range(200)],
                outbox=[message(number, of=number) for number in range(200)],
            )
        )
    assert len(copied) == 5
    assert store.scan(limit=500) == many
    assert store.history(id_of(7))[0][1] == rows.words(7)
    with pytest.raises(ConcurrencyError) as told:
        store.append(rows.created(*(stream(number) for number in range(199, 399))))
    assert told.value.data["stream"] == id_of(199).hex()
