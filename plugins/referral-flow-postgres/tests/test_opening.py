"""What is opened, what is refused with which words, and how the schema comes up to date."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import psycopg
import pytest
from referral_flow_postgres import migrations, schema
from referral_flow_postgres.link import PostgresLink
from referral_flow_postgres.session import Session
from referral_flow_postgres.store import PostgresStore

from referral_flow.errors import (
    StoreError,
    StoreNotMigrated,
    StoreTooNew,
    StoreUnreadable,
)
from referral_flow.plugin_host import PluginHost
from referral_flow.stores.migrations import steps
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.children import at_once
from referral_flow.testing.store_clauses.rows import id_of, stream
from tests.support import postgres_children
from tests.support.postgres_server import PostgresServer

STEPS = ("0001_streams", "0002_messages", "0003_moves_and_runs", "0004_outbox_in_order")


def interrupt_at(patch: pytest.MonkeyPatch, at: int) -> None:
    """Let statement `at` from now on be where somebody presses Ctrl-C."""
    numbers = count(1)

    def interrupted(run: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            if next(numbers) == at:
                raise KeyboardInterrupt
            return run(*given)

        return counted

    for kind, name in ((PostgresLink, "run"), (Session, "ask")):
        patch.setattr(kind, name, interrupted(getattr(kind, name)))


def schemas(database: str) -> set[str]:
    with psycopg.connect(database) as connection:
        return {name for (name,) in connection.execute("SELECT nspname FROM pg_namespace")}


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_the_plugin_brings_both_schemes(url: str, scheme: str) -> None:
    store, _ = PluginHost().make("stores", url.replace("postgresql", scheme))
    assert isinstance(store, PostgresStore)
    assert sorted(store.capabilities) == ["durable", "join", "processes"]


def test_opening_creates_nothing_and_says_what_to_type(database: str, url: str) -> None:
    before = schemas(database)
    store = PostgresStore(url)
    state = store.check()
    assert (state.schema, state.wanted) == (0, len(STEPS))
    for use in (store.scan, store.secret, lambda: store.append(rows.created(stream(1)))):
        with pytest.raises(StoreNotMigrated) as told:
            use()
        assert (told.value.data["found"], told.value.data["wanted"]) == (0, len(STEPS))
        for language in ("vi", "en"):
            said = told.value.says(language)
            assert f"referral-flow migrate --store '{state.notes['path']}' --apply" in said
    assert schemas(database) == before


def test_a_migration_is_shown_before_it_is_done(database: str, url: str) -> None:
    store = PostgresStore(url)
    assert store.migrate(dry_run=True) == STEPS
    assert url.partition("schema=")[2] not in schemas(database)
    assert store.migrate() == STEPS
    assert store.migrate() == ()
    store.append(rows.created(stream(1)))
    assert PostgresStore(url).scan() == [stream(1)]


def test_every_migration_of_the_library_has_its_twin_here() -> None:
    twins = [(step.version, step.name) for step in steps(migrations.__name__)]
    assert twins == [(step.version, step.name) for step in steps()]


def test_text_is_in_the_order_of_its_bytes_whatever_the_database(store: PostgresStore) -> None:
    texts = "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    texts += f" WHERE c.relnamespace = to_regnamespace('{store._address.schema}')"
    texts += " AND c.relkind = 'r' AND a.attnum > 0 AND a.atttypid = 'text'::regtype"
    ours = " AND a.attcollation = (SELECT oid FROM pg_collation WHERE collname = 'C')"
    with psycopg.connect(**store._address.parameters) as connection:
        (every,), (by_bytes,) = (
            connection.execute(sql).fetchone() or (0,)
            for sql in (texts.encode(), (texts + ours).encode())
        )
    assert every == by_bytes > 20


def test_messages_of_the_first_schema_learn_whom_they_are_for(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = steps(migrations.__name__)
    store = PostgresStore(url)
    with monkeypatch.context() as first:
        first.setattr(schema, "steps", lambda _: every[:1])
        store.migrate()
    message = f"""INSERT INTO {store._address.schema}.rf_outbox (id, stream, version, position,
        notifier, kind, key, data, tries, due, state)
        VALUES (%s, %s, 1, 0, 'mail', 'told', 'k', %s, 0, 1, 'parked')"""
    with psycopg.connect(**store._address.parameters) as connection:
        connection.execute(message.encode(), (id_of(1), id_of(1), b'{"to":"member:m-1"}'))
    store = PostgresStore(url)
    with pytest.raises(StoreNotMigrated):
        store.parked()
    assert store.migrate() == STEPS[1:]
    assert [row.recipient for row in store.parked()] == ["member:m-1"]


def test_a_newer_schema_is_refused(store: PostgresStore, url: str) -> None:
    with psycopg.connect(**store._address.parameters) as connection:
        table = f"{store._address.schema}.rf_schema"
        connection.execute(f"INSERT INTO {table} VALUES (999, 0, NULL)".encode())
    with pytest.raises(StoreTooNew) as told:
        PostgresStore(url)
    assert told.value.data["found"] == 999


def test_one_that_somebody_else_migrated_works_at_once(url: str) -> None:
    early, late = PostgresStore(url), PostgresStore(url)
    late.migrate()
    assert early.scan() == []


def test_eight_processes_migrate_once(url: str) -> None:
    told = at_once(postgres_children.migrate, [(url,)] * 8)
    assert sorted(len(done) for done, _ in told) == [0] * 7 + [len(STEPS)]
    assert len({secret for _, secret in told}) == 1


def test_a_migration_interrupted_at_any_statement_leaves_nothing(
    database: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PostgresStore(url)
    interrupted = 0
    for at in count(1):
        with monkeypatch.context() as patch:
            interrupt_at(patch, at)
            try:
                store.migrate()
            except KeyboardInterrupt:
                interrupted += 1
                assert url.partition("schema=")[2] not in schemas(database)
            else:
                break
    assert interrupted > 30
    assert PostgresStore(url).check().schema == len(STEPS)


@pytest.mark.slow
def test_a_migration_killed_at_any_statement_leaves_nothing(database: str, url: str) -> None:
    killed = 0
    for first in count(1, 8):
        places = [(f"{url}_{at}", at) for at in range(first, first + 8)]
        lived = at_once(postgres_children.migrate_and_die, places)
        for place, _ in places:
            done = PostgresStore(place).check().schema
            assert done in (0, len(STEPS))
            if not done:
                assert place.partition("schema=")[2] not in schemas(database)
            killed += not done
        if lived[-1]:
            break
    assert killed > 30


def test_a_schema_that_the_administrator_made_is_used(
    postgres_server: PostgresServer, database: str
) -> None:
    """The owner of the tables may create nothing in the database, the clerk not even tables."""
    with postgres_server.connect(database) as administrator:
        for role in ("owner_of_it", "an_officer"):
            administrator.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
        administrator.execute("CREATE SCHEMA granted AUTHORIZATION owner_of_it")
    owner, clerk = (
        f"postgresql://{role}:x@127.0.0.1:{postgres_server.port}/"
        f"{database.rpartition('/')[2]}?schema=granted"
        for role in ("owner_of_it", "an_officer")
    )
    with pytest.raises(StoreError, match="permission denied"):
        PostgresStore(owner.replace("granted", "another")).migrate()
    assert PostgresStore(owner).migrate() == STEPS
    with pytest.raises(StoreError, match="permission denied"):
        PostgresStore(clerk)
    with psycopg.connect(owner.partition("?")[0]) as connection:
        connection.execute("GRANT USAGE ON SCHEMA granted TO an_officer")
        connection.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA granted TO an_officer"
        )
    store = PostgresStore(clerk)
    store.append(rows.created(*(stream(number) for number in range(100))))
    assert len(store.scan()) == 100


def test_a_database_of_another_encoding_is_refused(postgres_server: PostgresServer) -> None:
    with postgres_server.connect() as administrator:
        administrator.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(StoreUnreadable, match="LATIN1"):
        PostgresStore(postgres_server.url("latin"))


def test_an_old_server_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referral_flow_postgres.opening._OLDEST", 990000)
    with pytest.raises(StoreUnreadable, match="older than 99"):
        PostgresStore(url)


def test_what_cannot_be_reached_is_told_in_the_words_of_the_server(
    postgres_server: PostgresServer,
) -> None:
    with pytest.raises(StoreError, match="Connection refused"):
        PostgresStore(postgres_server.url(port=1))
    with pytest.raises(StoreError, match="no_such_database"):
        PostgresStore(postgres_server.url("no_such_database"))


def test_a_closed_store_does_nothing_more(store: PostgresStore) -> None:
    store.close()
    store.close()
    for use in (store.scan, store.check, store.migrate, lambda: store.append(rows.moved(1, 2))):
        with pytest.raises(StoreError, match="closed"):
            use()
