"""Every host on PostgreSQL keeps the whole contract."""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote, urlsplit

import pytest
from referral_flow_postgres.store import PostgresStore

from referral_flow.ports import Store
from referral_flow.testing.hosts import Application, HostContract
from tests.hosts.alchemy import AsyncApplication, CoreApplication, SessionApplication
from tests.hosts.django_app import DjangoApplication
from tests.hosts.drivers import NUMBERED_NOTES, PsycopgApplication, notes_at


class OnPostgresql(HostContract):
    @pytest.fixture
    def store(self, database: str) -> Store:
        store = PostgresStore(database)
        store.migrate()
        return store


class TestPsycopg(OnPostgresql):
    @pytest.fixture
    def host(self, database: str) -> Application:
        return PsycopgApplication(database)


class TestCoreOnPostgresql(OnPostgresql):
    @pytest.fixture
    def host(self, database: str) -> Application:
        return CoreApplication(with_psycopg(database))


class TestSessionOnPostgresql(OnPostgresql):
    @pytest.fixture
    def host(self, database: str) -> Application:
        return SessionApplication(with_psycopg(database))


class TestAsyncSessionOnPostgresql(OnPostgresql):
    @pytest.fixture
    def host(self, database: str) -> Application:
        url = with_psycopg(database)
        return AsyncApplication(url, url)


class TestDjangoOnPostgresql(OnPostgresql):
    @pytest.fixture
    def host(self, database: str) -> Application:
        look = partial(notes_at, database)
        return DjangoApplication(NUMBERED_NOTES, look, **for_django(database))


def with_psycopg(url: str) -> str:
    """Give the URL as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+psycopg://")


def for_django(url: str) -> dict[str, str]:
    """Give the URL as Django wants it: in parts."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": parts.username or "",
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port),
    }
