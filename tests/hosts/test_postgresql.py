"""Every host on PostgreSQL keeps the whole contract."""

from __future__ import annotations

from functools import partial

import pytest
from referral_flow_postgres.store import PostgresStore

from referral_flow.ports import Store
from referral_flow.testing.hosts import Application, HostContract
from tests.hosts.alchemy import (
    AsyncApplication,
    CoreApplication,
    SessionApplication,
    with_psycopg,
)
from tests.hosts.django_app import DjangoApplication, in_parts
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
        return DjangoApplication(NUMBERED_NOTES, look, **in_parts(database))
