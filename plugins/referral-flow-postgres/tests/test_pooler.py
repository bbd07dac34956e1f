"""Behind a pooler in transaction mode, where the next transaction has another session."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise

import psycopg
import pytest
from referral_flow_postgres.store import PostgresStore

from referral_flow.testing.contracts import MakeStore, StoreContract
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import stream
from tests.support.postgres_children import Migrated
from tests.support.postgres_pooler import Pooler, pooling


@pytest.fixture
def pooler(database: str) -> Iterator[Pooler]:
    with pooling(database) as pooler:
        yield pooler


@pytest.fixture
def pooled(database: str, url: str, pooler: Pooler) -> str:
    """Give the address of the store by way of the pooler."""
    port = database.rpartition(":")[2].partition("/")[0]
    return url.replace(f":{port}/", f":{pooler.port}/") + "&prepare_threshold=none"


@pytest.mark.slow
class TestPostgresStoreBehindAPooler(StoreContract):
    unproved = frozenset({"durable", "join", "processes"})

    @pytest.fixture
    def make_store(self, pooled: str) -> MakeStore:
        return Migrated(pooled.replace("&", "_{where}&"))


def test_every_session_in_turn_serves_one_store(pooled: str, pooler: Pooler) -> None:
    store = PostgresStore(pooled)
    store.migrate()
    pooler.served.clear()
    for number in range(1, 31):
        store.append(rows.created(stream(number)))
        store.append(rows.moved(number, 2))
    assert len(pooler.served) == 60
    assert set(pooler.served) == {0, 1, 2}
    assert all(one != next for one, next in pairwise(pooler.served))
    store.close()


def test_several_threads_share_the_sessions(pooled: str, pooler: Pooler) -> None:
    store = PostgresStore(pooled)
    store.migrate()

    def work(first: int) -> None:
        for number in range(first, first + 20):
            store.append(rows.created(*(stream(number * 100 + n) for n in range(60))))
            assert store.scan(limit=1)

    threads = [threading.Thread(target=work, args=(100 * n,)) for n in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.check().streams == 5 * 20 * 60
    assert set(pooler.served) == {0, 1, 2}
    store.close()


def test_what_stays_on_a_session_is_missed_there(
    database: str, pooled: str, pooler: Pooler
) -> None:
    """So the option is needed, and the pooler of these tests is one."""
    port = database.rpartition(":")[2].partition("/")[0]
    address = database.replace(f":{port}/", f":{pooler.port}/")
    with (
        psycopg.connect(address, autocommit=True, prepare_threshold=0) as connection,
        pytest.raises(psycopg.errors.InvalidSqlStatementName),
    ):
        connection.execute("SELECT 1")
    assert PostgresStore(pooled).check().schema == 0
