"""How often the store goes to the server and back: counted in what libpq sends and hears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.pq import Trace
from referral_flow_postgres.store import PostgresStore

from referral_flow.commands import Submit
from referral_flow.ports import Batch, Settled
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import id_of, message, stream, timer
from tests.application.office import Office

TRIPS = ("Sync", "Query", "CopyDone")
"""What a client sends and then waits for the answer."""


class Counted:
    """The messages of a connection, each by its name, those of the client alone."""

    def __init__(self, store: PostgresStore, file: Path) -> None:
        self._store = store
        self._file = file
        self.sent: Counter[str] = Counter()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Count what is sent within the block."""
        with self._file.open("w+b") as file:
            with self._store._connection() as connection:
                connection.pgconn.trace(file.fileno())
                connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
            yield
            with self._store._connection() as connection:
                connection.pgconn.untrace()
            lines = self._file.read_text("latin-1").splitlines()
        self.sent = Counter(line.split("\t")[2] for line in lines if line[:2] == "F\t")

    @property
    def trips(self) -> int:
        return sum(self.sent[name] for name in TRIPS)


@pytest.fixture
def store(url: str) -> PostgresStore:
    """Give a store with one connection: what is prepared is prepared there."""
    store = PostgresStore(f"{url}&pool_size=1")
    store.migrate()
    return store


@pytest.fixture
def counted(store: PostgresStore, tmp_path: Path) -> Counted:
    return Counted(store, tmp_path / "sent")


def test_a_command_goes_to_the_server_three_times(store: PostgresStore, counted: Counted) -> None:
    """It loads, it writes, and it commits once all that was written is seen to be right."""
    office = Office(store)  # type: ignore[arg-type]  # a store instead of its URL
    ids = [office.issued(member) for member in range(1, 9)]
    for number, id in enumerate(ids[:-1], 1):
        office.residence.execute(Submit(id, f"{number}/GT"))
    with counted():
        office.residence.execute(Submit(ids[-1], "8/GT"))
    assert counted.trips == 3
    # BEGIN, settings, stream, COMMIT; BEGIN, settings, ten rows; COMMIT: all are prepared by now.
    assert (counted.sent["Execute"], counted.sent["Parse"]) == (4 + 12 + 1, 0)


def test_reading_goes_to_the_server_once(store: PostgresStore, counted: Counted) -> None:
    store.append(rows.created(*(stream(number) for number in range(1200))))
    with counted():
        found, _ = store.load([id_of(number) for number in range(1200)], id_of(1))
    assert len(found) == 1200
    assert counted.trips == 1


def test_a_page_of_messages_is_leased_and_settled_in_two_ways_each(
    store: PostgresStore, counted: Counted
) -> None:
    store.append(Batch(outbox=[message(number, of=number) for number in range(100)]))
    with counted():
        leased = store.lease_messages(10, 20, b"token", 100)
    assert (len(leased), counted.trips) == (100, 2)
    with counted():
        settled = store.settle_messages([Settled(row.id) for row in leased], b"token")
    assert (len(settled), counted.trips) == (100, 2)


def test_many_rows_take_hardly_more_ways_than_one(store: PostgresStore, counted: Counted) -> None:
    def many(first: int) -> Batch:
        return Batch(
            streams=[(stream(first + n), 0) for n in range(500)],
            take=[("paper", str(first + n), id_of(first + n)) for n in range(500)],
            timers=[timer(first + n) for n in range(500)],
        )

    with counted():
        store.append(many(0))
    # BEGIN, COPY and its end, what was taken and the timers in one, COMMIT.
    assert counted.trips == 5
    assert counted.sent["Execute"] == 2 + 2 + 1
    assert store.check().timers == 500


def test_what_comes_twice_among_many_is_written_one_by_one(store: PostgresStore) -> None:
    """The server refuses a statement that would write one row twice."""
    twice = [timer(n % 60, due=n) for n in range(120)]
    store.append(Batch(timers=twice, take=[("paper", str(n % 60), id_of(1)) for n in range(120)]))
    assert [row.due for row in store.held([id_of(n) for n in range(60)])[1]] == list(range(60, 120))


def test_more_statements_than_are_kept_are_prepared_anew(
    store: PostgresStore, counted: Counted
) -> None:
    store.append(rows.created(stream(1)))
    for size in range(1, 260):
        for _ in range(7):
            assert store.load([id_of(1)] * size)[0] == {id_of(1): stream(1)}
    with store._connection() as connection:
        ((kept,),) = connection.execute("SELECT count(*) FROM pg_prepared_statements")
    assert 0 < kept <= 201
    with counted():
        store.load([id_of(1)] * 259)
    assert counted.sent["Parse"] == 0


def test_a_page_is_leased_by_reading_a_page_however_small_the_queue_was_before(
    store: PostgresStore,
) -> None:
    """A plan that was made for an empty table reads all that waits, for each that waits."""
    for _ in range(20):
        assert store.lease_messages(10, 20, b"token", 100, ["mail"]) == []
    store.append(Batch(outbox=[message(number, of=number) for number in range(3000)]))
    before = _rows_read(store)
    assert len(store.lease_messages(10, 20, b"token", 100, ["mail"])) == 100
    assert 100 <= _rows_read(store) - before < 2000


def _rows_read(store: PostgresStore) -> int:
    """Give how many entries of indexes of the outbox, and rows of it, were ever read."""
    with store._connection() as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        ((read,),) = connection.execute(
            """
            SELECT sum(idx_tup_read) + (
                SELECT seq_tup_read FROM pg_stat_user_tables t
                WHERE t.relid = i.relid) FROM pg_stat_user_indexes i
            WHERE i.schemaname = %s AND i.relname = 'rf_outbox' GROUP BY i.relid""",
            (store._address.schema,),
        )
    return int(read)
