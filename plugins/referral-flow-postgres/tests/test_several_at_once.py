"""Several who write and lease at once."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg import errors
from referral_flow_postgres.exchange import Exchange
from referral_flow_postgres.session import Session
from referral_flow_postgres.store import PostgresStore

from referral_flow.engine import change
from referral_flow.errors import (
    ConcurrencyError,
    StoreError,
)
from referral_flow.ports import Batch
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import command, event, id_of, message, stream, timer
from tests.support.postgres_disturbed import PATIENCE, around, before_each, together

A_COMMAND = change(rows.created(stream(1)), commands=[command(9)])


def test_what_was_relied_on_stands_until_the_commit(store: PostgresStore) -> None:
    """Each relies on what the other writes: only one of them may win."""
    store.append(rows.created(stream(1), stream(2)))
    both_have_written = threading.Barrier(2)
    waited: set[int] = set()
    told: list[str] = []

    def wait(_session: Session, sql: str) -> None:
        if "SELECT id, version FROM rf_stream" in sql and threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            both_have_written.wait(PATIENCE)

    def write(mine: int, other: int) -> None:
        try:
            store.append(change(rows.moved(mine, 2), read=[(id_of(other), 1)]))
        except ConcurrencyError:
            told.append("lost")
        else:
            told.append("won")

    with before_each(wait):
        together([(write, 1, 2), (write, 2, 1)])
    assert sorted(told) == ["lost", "won"]
    assert sorted(row.version for row in store.scan()) == [1, 2]


def test_streams_that_cross_do_not_lock_each_other_out(store: PostgresStore) -> None:
    """They are written by id, whatever the order in which they were given."""
    many = range(1, 9)
    store.append(rows.created(*(stream(number) for number in many)))
    deadlocks: list[str] = []
    true = Exchange.answer

    def run(numbers: list[int]) -> None:
        for _ in range(30):
            now = {row.id: row.version for row in store.scan()}
            changes = [(stream(n, now[id_of(n)] + 1), now[id_of(n)]) for n in numbers]
            events = [event(n, now[id_of(n)] + 1) for n in numbers]
            with suppress(ConcurrencyError):
                store.append(Batch(streams=changes, events=events))

    def watched(exchange: Exchange, result: Any) -> Any:
        try:
            return true(exchange, result)
        except errors.DeadlockDetected as error:
            deadlocks.append(str(error))
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Exchange, "answer", watched)
        together([(run, order) for order in (list(many), list(reversed(many)))] * 2)
    assert deadlocks == []
    assert all(row.version == len(store.history(row.id)) for row in store.scan())
    assert store.scan()[0].version > 1


@pytest.mark.parametrize("error", [errors.DeadlockDetected, errors.SerializationFailure])
def test_a_lost_deadlock_is_tried_again(store: PostgresStore, error: type[Exception]) -> None:
    left = [error("deadlock detected")] * 3

    def fail(_session: Session, _sql: str) -> None:
        if left:
            raise left.pop()

    with before_each(fail):
        store.append(A_COMMAND)
    assert (left, store.scan()) == ([], [stream(1)])
    left.extend([error("deadlock detected")] * 99)
    with before_each(fail), pytest.raises(StoreError, match="deadlock detected"):
        store.append(rows.moved(1, 2))
    assert store.scan() == [stream(1)]


def test_who_leases_waits_for_nobody(store: PostgresStore) -> None:
    """Rows that another leases at this moment are passed over, not waited for."""
    store.append(
        Batch(timers=[timer(n) for n in range(6)], outbox=[message(n, of=n) for n in range(6)])
    )
    got: list[list[bytes]] = []

    def lease_too(_session: Session, _sql: str) -> None:
        if len(got) == 0:
            got.append([])
            got.append([row.stream for row in store.lease_timers(10, 20, b"second", 2)])
            got.append([row.id for row in store.lease_messages(10, 20, b"second", 2)])

    with around("commit", lease_too):
        first = [row.stream for row in store.lease_timers(10, 20, b"first", 2)]
    assert first == [id_of(0), id_of(1)]
    assert got[1:] == [[id_of(2), id_of(3)], [id_of(0), id_of(1)]]


def test_who_asks_for_a_digest_gets_the_next_and_not_the_rest_of_another(
    store: PostgresStore, administrator: psycopg.Connection[Any]
) -> None:
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    many = [
        message(n, of=n)._replace(state="digest", recipient=f"member:{n // 3}") for n in range(6)
    ]
    store.append(Batch(outbox=many))
    second: list[bytes] = []
    asking: list[threading.Thread] = []

    def ask() -> None:
        second.extend(row.id for row in store.lease_digest("mail", 10, 20, b"second"))

    def ask_too(_session: Session, _sql: str) -> None:
        if not asking:
            asking.append(threading.Thread(target=ask))
            asking[0].start()
            while asking[0].is_alive() and not administrator.execute(waiting).fetchall():
                pass

    with around("commit", ask_too):
        first = [row.id for row in store.lease_digest("mail", 10, 20, b"first")]
        asking[0].join(PATIENCE)
    assert first == [id_of(number) for number in range(3)]
    assert second == [id_of(number) for number in range(3, 6)]


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
