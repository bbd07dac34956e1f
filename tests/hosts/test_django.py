"""What is particular to Django: nested blocks, broken blocks, threads, one connection for each."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import DatabaseError

from referral_flow.commands import Submit
from referral_flow.errors import NoTransaction, StoreError
from referral_flow.ports import Store
from referral_flow.testing.host_clauses.application import PAPER, WARD, Embedded
from tests.hosts.django_app import DjangoApplication
from tests.hosts.drivers import notes_of


@pytest.fixture
def embedded(sqlite_store: Store, path: Path) -> Iterator[Embedded]:
    host = DjangoApplication(
        "CREATE TABLE note (text TEXT UNIQUE)",
        partial(notes_of, path),
        ENGINE="django.db.backends.sqlite3",
        NAME=str(path),
    )
    yield Embedded(sqlite_store, host)
    host.close()


def add(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO note (text) VALUES (%s)", [text])


def submit(embedded: Embedded) -> None:
    embedded.last = embedded.flow.within(connection)
    embedded.last.acting_as(WARD).execute(Submit(embedded.id, PAPER))


def test_observers_hear_after_the_outermost_block(embedded: Embedded) -> None:
    with transaction.atomic():
        with transaction.atomic():
            submit(embedded)
        assert embedded.heard == []
    assert embedded.heard == ["submit"]


def test_an_inner_block_without_a_savepoint_breaks_the_outer_one(embedded: Embedded) -> None:
    with transaction.atomic():
        submit(embedded)
        add("once")
        with pytest.raises(IntegrityError), transaction.atomic(savepoint=False):
            add("once")
        with pytest.raises(transaction.TransactionManagementError, match="atomic"):
            embedded.flow.within(connection)
        with pytest.raises(transaction.TransactionManagementError, match="atomic"):
            embedded.last.acting_as(WARD).get(embedded.id)
    embedded.last.announce()
    assert (embedded.versions(), embedded.heard, embedded.host.committed()) == ([1], [], [])


def test_a_block_of_another_thread_is_not_written_to(embedded: Embedded) -> None:
    wrapper = connections["default"]
    with transaction.atomic(), ThreadPoolExecutor(1) as other:
        with pytest.raises(DatabaseError, match="same thread"):
            other.submit(embedded.flow.within, wrapper).result()
        joined = embedded.flow.within(connection)
        with pytest.raises(NoTransaction):
            other.submit(joined.acting_as(WARD).execute, Submit(embedded.id, PAPER)).result()
    assert embedded.versions() == [1]


def test_a_flow_goes_on_in_the_next_block_of_the_same_connection(embedded: Embedded) -> None:
    with transaction.atomic():
        joined = embedded.flow.within(connection)
    with transaction.atomic():
        joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
    assert (embedded.versions(), embedded.heard) == ([1, 2], ["submit"])


def test_a_flow_does_not_outlive_the_connection(embedded: Embedded) -> None:
    with transaction.atomic():
        joined = embedded.flow.within(connection)
    connection.close()
    with transaction.atomic(), pytest.raises(NoTransaction):
        joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
    assert embedded.versions() == [1]


def test_transactions_by_hand_are_not_joined(embedded: Embedded) -> None:
    transaction.set_autocommit(False)
    add("mine")
    with pytest.raises(NoTransaction, match=r"with transaction\.atomic\(\):"):
        embedded.flow.within(connection)
    transaction.rollback()


def test_a_store_that_fails_after_the_commit_disturbs_nothing_and_is_asked_again(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(embedded.store, "load", _fails)
    with transaction.atomic():
        submit(embedded)
        transaction.on_commit(lambda: heard.append("django's own"))
    assert (heard, embedded.heard) == (["django's own"], [])
    monkeypatch.undo()
    embedded.last.announce()
    assert embedded.heard == ["submit"]


def _fails(*asked: object) -> object:
    raise StoreError(problem="the disk is gone")
