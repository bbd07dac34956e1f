"""A connection that cannot carry a command is refused in words, and nothing is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from referral_flow_postgres.store import PostgresStore
from sqlalchemy import create_engine

from referral_flow import ReferralFlow
from referral_flow.commands import AddCommittee
from referral_flow.domain.people import CommitteeKind
from referral_flow.engine.actor import Actor
from referral_flow.errors import (
    ConcurrencyError,
    NoTransaction,
    OtherDatabase,
    PluginError,
    StoreError,
)
from referral_flow.stores.sqlite import SqliteStore
from tests.hosts.alchemy import with_psycopg
from tests.support.postgres_server import PostgresServer

OPERATOR = Actor("u-0", "operator")
COMMAND = AddCommittee("w-2", CommitteeKind.WORKPLACE, "Cơ quan")


@pytest.fixture
def flow(path: Path) -> ReferralFlow:
    return ReferralFlow(SqliteStore(f"sqlite:///{path}"))


@pytest.fixture
def postgres(database: str) -> Iterator[ReferralFlow]:
    store = PostgresStore(database)
    store.migrate()
    yield ReferralFlow(store)
    store.close()


class TestSqlite:
    def test_a_file_without_a_store_is_another_database(
        self, flow: ReferralFlow, tmp_path: Path
    ) -> None:
        connection = sqlite3.connect(tmp_path / "other.db", isolation_level=None)
        connection.execute("CREATE TABLE note (text TEXT)")
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(OtherDatabase, match="another database"):
            flow.within(connection)
        connection.close()

    def test_another_store_is_another_database(self, flow: ReferralFlow, tmp_path: Path) -> None:
        other = SqliteStore(f"sqlite:///{tmp_path}/other.db")
        connection = sqlite3.connect(tmp_path / "other.db", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(OtherDatabase):
            flow.within(connection)
        connection.close()
        assert other.check().streams == 0

    def test_a_closed_connection_is_told(self, flow: ReferralFlow, path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.close()
        with pytest.raises(StoreError, match="closed database"):
            flow.within(connection)

    def test_a_connection_closed_after_joining_is_told(
        self, flow: ReferralFlow, path: Path
    ) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        desk = flow.within(connection).acting_as(OPERATOR)
        connection.close()
        with pytest.raises(StoreError, match="closed database"):
            desk.execute(COMMAND)

    def test_a_transaction_that_only_reads_is_told_and_goes_on(
        self, flow: ReferralFlow, path: Path
    ) -> None:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        connection.execute("BEGIN")
        desk = flow.within(connection).acting_as(OPERATOR)
        with pytest.raises(StoreError, match="readonly"):
            desk.execute(COMMAND)
        assert desk.find(kind="committee").items == ()
        connection.close()

    def test_who_read_before_another_wrote_is_told_and_can_roll_back(
        self, flow: ReferralFlow, path: Path
    ) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN")
        desk = flow.within(connection).acting_as(OPERATOR)
        flow.acting_as(OPERATOR).execute(COMMAND)
        with pytest.raises(StoreError, match="locked"):
            desk.execute(AddCommittee("w-3", CommitteeKind.WORKPLACE, "Cơ quan"))
        connection.execute("ROLLBACK")
        connection.close()

    def test_what_is_no_connection_is_told(self, flow: ReferralFlow) -> None:
        with pytest.raises(PluginError, match=r"sqlite3\.Connection"):
            flow.within("host.db")

    def test_memory_joins_nothing(self, path: Path) -> None:
        with (
            ReferralFlow.open("memory:") as flow,
            sqlite3.connect(path, isolation_level=None) as connection,
        ):
            connection.execute("BEGIN")
            with pytest.raises(PluginError, match="cannot join Connection"):
                flow.within(connection)
            connection.execute("ROLLBACK")
        connection.close()


class TestPostgresql:
    def test_a_database_without_a_store_is_another(
        self, postgres: ReferralFlow, postgres_server: PostgresServer
    ) -> None:
        with (
            psycopg.connect(postgres_server.url()) as connection,
            connection.transaction(),
            pytest.raises(OtherDatabase),
        ):
            postgres.within(connection)

    def test_a_closed_connection_is_told(self, postgres: ReferralFlow, database: str) -> None:
        connection = psycopg.connect(database)
        connection.close()
        with pytest.raises(StoreError, match="connection that was given is closed"):
            postgres.within(connection)

    def test_a_broken_transaction_is_told(self, postgres: ReferralFlow, database: str) -> None:
        with psycopg.connect(database) as connection:
            with pytest.raises(psycopg.Error):
                connection.execute("SELECT 1 / 0")
            with pytest.raises(StoreError, match="can only be rolled back"):
                postgres.within(connection)

    def test_a_transaction_that_only_reads_is_told_and_goes_on(
        self, postgres: ReferralFlow, database: str
    ) -> None:
        with psycopg.connect(database) as connection:
            connection.read_only = True
            connection.execute("SELECT 1")
            desk = postgres.within(connection).acting_as(OPERATOR)
            with pytest.raises(StoreError, match="read-only"):
                desk.execute(COMMAND)
            assert desk.find(kind="committee").items == ()

    def test_autocommit_is_no_transaction(self, postgres: ReferralFlow, database: str) -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("SELECT 1")
            with pytest.raises(NoTransaction, match=r"with connection\.transaction\(\):"):
                postgres.within(connection)

    def test_autocommit_of_sqlalchemy_is_none_either(
        self, postgres: ReferralFlow, database: str
    ) -> None:
        engine = create_engine(with_psycopg(database), isolation_level="AUTOCOMMIT")
        with engine.begin() as connection, pytest.raises(NoTransaction, match="READ COMMITTED"):
            postgres.within(connection)
        engine.dispose()

    @pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
    def test_who_sees_an_older_moment_loses_the_race_and_keeps_the_hosts_row(
        self, postgres: ReferralFlow, database: str, level: str
    ) -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("CREATE TABLE note (text text)")
            connection.execute(f"BEGIN ISOLATION LEVEL {level}")
            connection.execute("INSERT INTO note VALUES ('mine')")
            desk = postgres.within(connection).acting_as(OPERATOR)
            postgres.acting_as(OPERATOR).execute(COMMAND)
            with pytest.raises(ConcurrencyError):
                desk.execute(COMMAND)
            connection.execute("COMMIT")
            assert connection.execute("SELECT text FROM note").fetchall() == [("mine",)]
