"""A store in a file, new and up to date, and the application beside it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from referral_flow.ports import Store
from referral_flow.stores.sqlite import SqliteStore
from tests.support.postgres_server import PostgresServer, postgres_server

__all__ = ["postgres_server"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of the store, which is the application's database too."""
    return tmp_path / "host.db"


@pytest.fixture
def sqlite_store(path: Path) -> Store:
    """Give a new store in a file."""
    return SqliteStore(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def one_database(postgres_server: PostgresServer) -> str:
    """Give the URL of the database that the tests share."""
    return postgres_server.new_database()


@pytest.fixture
def database(one_database: str) -> str:
    """Give the URL of the database, without what the test before left in it."""
    with psycopg.connect(one_database, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS referral_flow CASCADE")
        connection.execute("DROP TABLE IF EXISTS note")
    return one_database
