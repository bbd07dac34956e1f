"""Both built-in stores keep the whole contract."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from referral_flow.ports import Store
from referral_flow.stores.memory import MemoryStore
from referral_flow.stores.migrations import steps
from referral_flow.stores.sqlite import SqliteStore
from referral_flow.testing.contracts import (
    DurableClauses,
    Host,
    JoinClauses,
    KilledClauses,
    KilledMigrationClauses,
    MakeOlder,
    MakeStore,
    OlderSchemaClauses,
    ProcessClauses,
    StoreAt,
    StoreContract,
    StoryClauses,
)
from tests.stores.in_a_child import DyingSqlite
from tests.stores.older import make_older


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def make_store(self) -> MakeStore:
        return StoreAt(MemoryStore, "memory:")


class SqliteHost:
    """An application with a table of its own in the store's file, on a plain connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("CREATE TABLE note (text TEXT)")

    def begin(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def add(self, text: str) -> None:
        self.connection.execute("INSERT INTO note VALUES (?)", (text,))

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def roll_back(self) -> None:
        self.connection.execute("ROLLBACK")

    def committed(self) -> list[str]:
        other = sqlite3.connect(self._path)
        found = [text for (text,) in other.execute("SELECT text FROM note ORDER BY rowid")]
        other.close()
        return found

    def close(self) -> None:
        self.connection.close()


class LegacySqliteHost(SqliteHost):
    """The same on a connection that begins transactions by itself, as `sqlite3` does."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.connection.isolation_level = "DEFERRED"

    def begin(self) -> None:
        self.connection.execute("INSERT INTO note VALUES ('begun')")
        self.connection.execute("DELETE FROM note WHERE text = 'begun'")

    def commit(self) -> None:
        self.connection.commit()

    def roll_back(self) -> None:
        self.connection.rollback()


class TestSqliteStore(
    StoreContract,
    DurableClauses,
    ProcessClauses,
    KilledClauses,
    OlderSchemaClauses,
    KilledMigrationClauses,
    JoinClauses,
    StoryClauses,
):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> MakeStore:
        return StoreAt(SqliteStore, f"sqlite:///{tmp_path}/{{where}}.db")

    @pytest.fixture
    def make_dying_store(self, tmp_path: Path) -> Callable[[str, int], Store]:
        return DyingSqlite(f"sqlite:///{tmp_path}/{{where}}.db")

    @pytest.fixture
    def older_schemas(self, tmp_path: Path) -> Mapping[int, MakeOlder]:
        return {step.version: partial(make_older, tmp_path, step.version) for step in steps()[:-1]}

    @pytest.fixture
    def make_host(self, tmp_path: Path) -> Callable[[str], Host]:
        return lambda where: SqliteHost(tmp_path / f"{where}.db")


class TestSqliteStoreInALegacyHost(JoinClauses):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> MakeStore:
        return StoreAt(SqliteStore, f"sqlite:///{tmp_path}/{{where}}.db")

    @pytest.fixture
    def make_host(self, tmp_path: Path) -> Callable[[str], Host]:
        return lambda where: LegacySqliteHost(tmp_path / f"{where}.db")
