"""Further ways in which others lose or tell what PostgreSQL keeps."""

from __future__ import annotations

import traceback
from typing import Any

import psycopg
import pytest
from referral_flow_postgres.session import Session
from referral_flow_postgres.store import PostgresStore

from referral_flow.engine import change
from referral_flow.errors import (
    ConcurrencyError,
    StoreError,
)
from referral_flow.ports import Batch, Claim
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.children import at_once
from referral_flow.testing.store_clauses.rows import command, event, id_of, message, stream, timer
from tests.support import postgres_children
from tests.support.postgres_disturbed import before_each

A_COMMAND = change(rows.created(stream(1)), commands=[command(9)])


def test_a_store_is_refused_after_a_fork(store: PostgresStore, url: str) -> None:
    assert store.scan() == []
    told = at_once(postgres_children.use_after_fork, [(url,)])
    assert told == [["store_failed:forked"] * 3 + ["2"]]


def test_a_reader_cannot_write(store: PostgresStore) -> None:
    with pytest.raises(StoreError, match="read-only"):
        store._read(lambda link: link.execute("DELETE FROM rf_stream"))


def test_what_is_read_together_is_of_one_moment(store: PostgresStore) -> None:
    store.append(
        change(rows.created(stream(1)), take=[("paper", "1", id_of(1))], timers=[timer(1)])
    )
    once = [1]

    def alter(_session: Session, sql: str) -> None:
        if "rf_timer" in sql and once:
            once.clear()
            store.append(Batch(free=[("paper", "1", id_of(1))], cancel=[(id_of(1), "*")]))

    with before_each(alter):
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
    true = Session._copy

    def watched(session: Session, sql: str, rows: Any) -> None:
        copied.append(sql)
        true(session, sql, rows)

    many = [stream(number) for number in range(200)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "_copy", watched)
        store.append(
            change(
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
