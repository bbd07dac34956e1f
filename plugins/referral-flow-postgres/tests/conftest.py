"""What every test of the store needs: a server, a database, and stores that are closed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import psycopg
import pytest
from referral_flow_postgres.store import PostgresStore

from tests.support.postgres_server import PostgresServer, postgres_server

__all__ = ["postgres_server"]

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def database(postgres_server: PostgresServer) -> str:
    """Give the URL of a database that the tests share."""
    return postgres_server.new_database()


@pytest.fixture
def url(database: str) -> str:
    """Give the URL of a schema that is not there yet; no other test has it."""
    return f"{database}?schema=s{next(_NUMBERS)}"


@pytest.fixture
def store(url: str) -> PostgresStore:
    """Give a store that is new and up to date."""
    store = PostgresStore(url)
    store.migrate()
    return store


@pytest.fixture(autouse=True)
def every_store_is_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close with each test the pools that it opened."""
    opened: list[PostgresStore] = []
    open_store = PostgresStore.__init__

    def opening(store: PostgresStore, url: str) -> None:
        open_store(store, url)
        opened.append(store)

    monkeypatch.setattr(PostgresStore, "__init__", opening)
    yield
    for store in opened:
        store.close()


@pytest.fixture
def administrator(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection
