"""A store of an older schema keeps what it holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from referral_flow.errors import StoreNotMigrated
from referral_flow.stores.migrations import statements, steps
from referral_flow.stores.sqlite import SqliteStore
from referral_flow.testing.store_clauses.rows import KIND, id_of

MESSAGE = """
    INSERT INTO rf_outbox (id, stream, version, position, notifier, kind, key, data, tries, due,
                           state)
    VALUES (?, ?, 1, 0, 'mail', 'paper_issued', 'a/1/0', ?, 0, 1, ?)"""


@pytest.fixture
def first(tmp_path: Path) -> str:
    """Give a store of the first schema, with a message that waits and a dead letter."""
    path = tmp_path / "first.db"
    connection = sqlite3.connect(path)
    for statement in statements(steps()[0].sql):
        connection.execute(statement)
    connection.execute("INSERT INTO rf_schema VALUES (1, 0, ?)", (bytes(32),))
    body = b'{"to":"member:m-1","params":{}}'
    for number, state in ((1, "waiting"), (2, "parked")):
        connection.execute(MESSAGE, (id_of(number), id_of(number), body, state))
    connection.commit()
    connection.close()
    return f"sqlite:///{path}"


def test_messages_of_the_first_schema_learn_whom_they_are_for(first: str) -> None:
    store = SqliteStore(first)
    with pytest.raises(StoreNotMigrated):
        store.parked()
    assert store.migrate() == ("0002_messages", "0003_moves_and_runs", "0004_outbox_in_order")
    (waiting,) = store.lease_messages(9, 99, b"mine", 9)
    assert [row.recipient for row in (waiting, *store.parked())] == ["member:m-1"] * 2
    assert store.grant([("a", 1)], "2013-05-02", "x")
    store.close()


EVENT = """
    INSERT INTO rf_event (stream, version, recorded_at, day, type, was, now, was_mark, mark,
                          requester, owner, command, data, hash, kind)
    VALUES (?, ?, 1, ?, 'case.changed', ?, ?, '', '', 'w-1', 'r-1', x'00', x'00', x'00', 'case')"""


def test_figures_of_an_older_schema_stay(first: str) -> None:
    connection = sqlite3.connect(first.removeprefix("sqlite:///"))
    connection.execute(EVENT, (id_of(1), 1, "2013-01-01", None, "open"))
    connection.execute(EVENT, (id_of(1), 2, "2013-02-01", "open", "closed"))
    connection.commit()
    connection.close()
    store = SqliteStore(first)
    store.migrate()
    for scope in (None, ["w-1"], ["r-1"]):
        assert store.count(KIND, "2013-01-31", either=scope) == {("open", ""): 1}
        assert store.count(KIND, "2013-02-01", either=scope) == {("closed", ""): 1}
    ((before, _), _) = store.history(id_of(1))
    assert (before.left_requester, before.left_owner, store.check().runs) == (None, None, {})
    store.close()


def test_every_message_of_an_older_schema_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "third.db"
    connection = sqlite3.connect(path)
    for step in steps()[:3]:
        for statement in statements(step.sql):
            connection.execute(statement)
        connection.execute("INSERT INTO rf_schema VALUES (?, 0, ?)", (step.version, bytes(32)))
    columns = [row[1] for row in connection.execute("PRAGMA table_info(rf_outbox)")]
    states = ("waiting", "digest", "parked", "dropped", "withdrawn")
    messages = []
    for n, state in enumerate(states):
        sent = (f"to-{n}", "kind", f"key-{n}", b"{}", n, n, b"lease", state, "because")
        messages.append((id_of(9 - n), id_of(n), n, n, *sent, n + 100, f"w-{n}"))
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO rf_outbox VALUES ({marks})", messages)
    connection.commit()
    store = SqliteStore(f"sqlite:///{path}")
    assert store.migrate() == ("0004_outbox_in_order",)
    asked = f"SELECT {', '.join(columns)} FROM rf_outbox ORDER BY id"
    assert connection.execute(asked).fetchall() == sorted(messages)
    assert [row.id for row in store.parked()] == [id_of(7)]
    assert store.queues() == {"to-0": 1, "to-1": 1}
    connection.close()
    store.close()
