"""Every host on SQLite keeps the whole contract."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from referral_flow.ports import Store
from referral_flow.testing.hosts import Application, HostContract
from tests.hosts.alchemy import AsyncApplication, CoreApplication, SessionApplication
from tests.hosts.django_app import DjangoApplication
from tests.hosts.drivers import NOTES, SqliteApplication, notes_of


class OnSqlite(HostContract):
    @pytest.fixture
    def store(self, sqlite_store: Store) -> Store:
        return sqlite_store


class TestPlainSqlite(OnSqlite):
    @pytest.fixture
    def host(self, path: Path, store: Store) -> Application:
        return SqliteApplication(path)


class TestCoreOnSqlite(OnSqlite):
    @pytest.fixture
    def host(self, path: Path, store: Store) -> Application:
        return CoreApplication(f"sqlite:///{path}")


class TestSessionOnSqlite(OnSqlite):
    @pytest.fixture
    def host(self, path: Path, store: Store) -> Application:
        return SessionApplication(f"sqlite:///{path}")


class TestAsyncSessionOnSqlite(OnSqlite):
    @pytest.fixture
    def host(self, path: Path, store: Store) -> Application:
        return AsyncApplication(f"sqlite+aiosqlite:///{path}", f"sqlite:///{path}")


class TestDjangoOnSqlite(OnSqlite):
    @pytest.fixture
    def host(self, path: Path, store: Store) -> Application:
        engine = "django.db.backends.sqlite3"
        return DjangoApplication(NOTES, partial(notes_of, path), ENGINE=engine, NAME=str(path))
