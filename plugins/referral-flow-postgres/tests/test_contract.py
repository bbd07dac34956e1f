"""The store keeps the whole contract, also inside a host's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from referral_flow.ports import Store
from referral_flow.testing.contracts import (
    DurableClauses,
    Host,
    JoinClauses,
    KilledClauses,
    MakeStore,
    ProcessClauses,
    StoreContract,
)
from tests.support.postgres_children import DyingPostgres, Migrated
from tests.support.postgres_server import running


class PostgresHost:
    """An application with a table of its own in the database, on a plain connection."""

    def __init__(self, url: str, where: str, **settings: Any) -> None:
        self._url = url
        self.connection: psycopg.Connection[Any] = psycopg.connect(url, **settings)
        self._table = f"public.note_{where}"
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(f"CREATE TABLE {self._table} (place serial, text text)")

    def begin(self) -> None:
        self.connection.execute("SELECT 1")

    def add(self, text: str) -> None:
        self.connection.execute(f"INSERT INTO {self._table} (text) VALUES (%s)", (text,))

    def commit(self) -> None:
        self.connection.commit()

    def roll_back(self) -> None:
        self.connection.rollback()

    def committed(self) -> list[str]:
        with psycopg.connect(self._url) as other:
            found = other.execute(f"SELECT text FROM {self._table} ORDER BY place")
            return [text for (text,) in found]

    def close(self) -> None:
        self.connection.close()


class StubbornHost(PostgresHost):
    """The same on a connection where all is set otherwise than we would."""

    def __init__(self, url: str, where: str) -> None:
        super().__init__(url, where, autocommit=True, row_factory=dict_row)
        self.connection.cursor_factory = psycopg.ClientCursor
        self.connection.prepare_threshold = 0
        self.connection.execute("SET search_path = nowhere")
        self.connection.execute("SET synchronous_commit = off")

    def begin(self) -> None:
        self.connection.execute("BEGIN")


@pytest.fixture
def make_store(url: str) -> MakeStore:
    return Migrated(f"{url}_{{where}}")


class TestPostgresStore(StoreContract, DurableClauses, ProcessClauses, KilledClauses, JoinClauses):
    @pytest.fixture
    def make_dying_store(self, url: str) -> Callable[[str, int], Store]:
        return DyingPostgres(f"{url}_{{where}}")

    @pytest.fixture
    def make_host(self, database: str, url: str) -> Callable[[str], Host]:
        return lambda where: PostgresHost(database, f"{url.rpartition('=')[2]}_{where}")


class TestPostgresStoreInAStubbornHost(JoinClauses):
    @pytest.fixture
    def make_host(self, database: str, url: str) -> Callable[[str], Host]:
        return lambda where: StubbornHost(database, f"{url.rpartition('=')[2]}_{where}")


@pytest.fixture(scope="module")
def older() -> Iterator[str]:
    """Give a database of the server before the newest but one."""
    with running("pginstall") as server:
        with server.connect() as connection:
            assert connection.info.server_version < 170000
        yield server.new_database()


@pytest.mark.slow
class TestPostgresStoreOnAnOlderServer(StoreContract, DurableClauses):
    unproved = frozenset({"join", "processes"})

    @pytest.fixture
    def make_store(self, older: str, url: str) -> MakeStore:
        return Migrated(f"{older}?schema={url.rpartition('=')[2]}_{{where}}")
