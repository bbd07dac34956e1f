"""What is particular to SQLAlchemy: it begins late, and says that it commits early."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.orm.session import JoinTransactionMode

from referral_flow.commands import Submit
from referral_flow.errors import ConfigurationError, NoTransaction, PluginError, StoreError
from referral_flow.ports import Store
from referral_flow.stores.sqlite_awaited import AwaitedLink
from referral_flow.testing.host_clauses.application import PAPER, WARD, Embedded
from referral_flow.testing.hosts import Application
from tests.hosts.alchemy import InsideSession, Note, SessionApplication
from tests.hosts.cancelling import CANCELLING, RunAsync, Statements, cancel_at_every_statement

LARGER: tuple[JoinTransactionMode, ...] = ("create_savepoint", "rollback_only")


@pytest.fixture
def embedded(sqlite_store: Store, path: Path) -> Iterator[Embedded]:
    host: Application = SessionApplication(f"sqlite:///{path}")
    yield Embedded(sqlite_store, host)
    host.close()


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def beginning(engine: Engine) -> Engine:
    """Give an engine that begins in the driver too, as SQLAlchemy's manual shows it."""

    @event.listens_for(engine, "connect")
    def leave_it_to_us(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def submit(embedded: Embedded, given: Session | Connection) -> None:
    embedded.last = embedded.flow.within(given)
    embedded.last.acting_as(WARD).execute(Submit(embedded.id, PAPER))


class TestBeginning:
    def test_the_driver_has_begun_for_writing_once_we_have_joined(
        self, embedded: Embedded, engine: Engine
    ) -> None:
        with Session(engine) as session, session.begin():
            embedded.flow.within(session)
            with engine.connect() as other:
                other.exec_driver_sql("PRAGMA busy_timeout = 0")
                with pytest.raises(exc.OperationalError, match="locked"):
                    other.exec_driver_sql("BEGIN IMMEDIATE")

    def test_a_database_that_stays_locked_is_told(self, embedded: Embedded, engine: Engine) -> None:
        with engine.begin() as other, engine.begin() as connection:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            with pytest.raises(StoreError, match="locked"):
                embedded.flow.within(connection)

    @pytest.mark.parametrize("immediate", [False, True])
    def test_a_session_that_has_only_read_is_joined(
        self, embedded: Embedded, engine: Engine, immediate: bool
    ) -> None:
        with Session(engine) as session, session.begin():
            session.get(Note, 1)
            if immediate:
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            submit(embedded, session)
        assert embedded.state() == "submitted"

    def test_inside_a_savepoint_nobody_knows_whether_the_driver_has_begun(
        self, embedded: Embedded, engine: Engine
    ) -> None:
        with (
            Session(engine) as session,
            session.begin(),
            session.begin_nested(),
            pytest.raises(NoTransaction, match=r"before begin_nested\(\)"),
        ):
            embedded.flow.within(session)

    def test_where_the_engine_begins_in_the_driver_a_savepoint_is_joined(
        self, embedded: Embedded, beginning: Engine
    ) -> None:
        with Session(beginning) as session, session.begin():
            with session.begin_nested():
                submit(embedded, session)
            session.rollback()
        assert embedded.versions() == [1]

    def test_autocommit_is_no_transaction(self, embedded: Embedded, engine: Engine) -> None:
        autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        with autocommit.begin() as connection:
            with pytest.raises(NoTransaction, match="BEGIN IMMEDIATE"):
                embedded.flow.within(connection)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            submit(embedded, connection)
            connection.rollback()
        assert embedded.versions() == [1]


class TestSessions:
    def test_what_was_not_flushed_yet_and_fails_takes_ours_along(
        self, embedded: Embedded, engine: Engine
    ) -> None:
        embedded.host.run(lambda inside: inside.add("first"))
        session = Session(engine)
        session.begin()
        session.add(Note(place=1, text="again"))
        submit(embedded, session)
        with pytest.raises(exc.IntegrityError):
            session.commit()
        session.close()
        embedded.last.announce()
        assert (embedded.versions(), embedded.heard) == ([1], [])

    def test_a_session_goes_on_to_its_next_transaction(
        self, embedded: Embedded, engine: Engine
    ) -> None:
        with Session(engine) as session:
            for _ in range(3):
                with session.begin():
                    embedded.flow.within(session)
                    InsideSession(session).add("mine")
            with session.begin():
                submit(embedded, session)
            assert embedded.heard == ["submit"]
            with session.begin():
                InsideSession(session).add("mine")
        assert embedded.heard == ["submit"]

    def test_a_long_session_keeps_no_flow_of_a_transaction_that_is_over(
        self, embedded: Embedded, engine: Engine
    ) -> None:
        with Session(engine) as session:
            with session.begin():
                joined = embedded.flow.within(session)
                joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
            kept = weakref.ref(joined._announcer)
            del joined
            gc.collect()
            assert kept() is None

    @pytest.mark.parametrize("mode", LARGER)
    def test_a_session_inside_a_larger_transaction_does_not_tell(
        self, embedded: Embedded, beginning: Engine, mode: JoinTransactionMode
    ) -> None:
        with beginning.connect() as connection:
            outer = connection.begin()
            with Session(connection, join_transaction_mode=mode) as session:
                session.begin()
                submit(embedded, session)
                session.commit()
            assert embedded.heard == []
            outer.commit()
        assert embedded.heard == []
        embedded.last.announce()
        assert embedded.heard == ["submit"]

    @pytest.mark.parametrize("mode", LARGER)
    def test_a_larger_transaction_takes_all_back(
        self, embedded: Embedded, beginning: Engine, mode: JoinTransactionMode
    ) -> None:
        with beginning.connect() as connection:
            outer = connection.begin()
            with Session(connection, join_transaction_mode=mode) as session:
                session.begin()
                submit(embedded, session)
                session.commit()
            outer.rollback()
        embedded.last.announce()
        assert (embedded.versions(), embedded.heard) == ([1], [])

    def test_a_scoped_session_is_joined(self, embedded: Embedded, engine: Engine) -> None:
        sessions = scoped_session(sessionmaker(engine))
        with sessions.begin():
            embedded.flow.within(sessions).acting_as(WARD).execute(Submit(embedded.id, PAPER))
        sessions.remove()
        assert (embedded.state(), embedded.heard) == ("submitted", ["submit"])

    def test_a_savepoint_that_is_rolled_back_by_text_is_not_told(
        self, embedded: Embedded, engine: Engine
    ) -> None:
        with Session(engine) as session, session.begin():
            joined = embedded.flow.within(session)
            session.connection().exec_driver_sql("SAVEPOINT mine")
            joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
            session.connection().exec_driver_sql("ROLLBACK TO mine")
        assert (embedded.versions(), embedded.heard) == ([1], [])

    def test_a_session_of_several_engines_is_told(self, embedded: Embedded, engine: Engine) -> None:
        with (
            Session(binds={Note: engine}) as session,
            session.begin(),
            pytest.raises(ConfigurationError, match="several engines"),
        ):
            embedded.flow.within(session)

    @pytest.mark.parametrize("given", [create_engine, sessionmaker])
    def test_what_is_neither_session_nor_connection_is_told(
        self, embedded: Embedded, engine: Engine, given: Callable[[Any], Any]
    ) -> None:
        with pytest.raises(PluginError, match="not <class"):
            embedded.flow.within(engine if given is create_engine else given(engine))


class TestAsynchronous:
    @pytest.mark.parametrize("kind", [AsyncSession, AsyncConnection])
    def test_it_is_not_joined_outside_run_sync(
        self, embedded: Embedded, path: Path, kind: type[Any]
    ) -> None:
        async def trying() -> None:
            engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
            async with AsyncSession(engine) as session, session.begin():
                given = session if kind is AsyncSession else await session.connection()
                with pytest.raises(ConfigurationError, match="run_sync"):
                    embedded.flow.within(given)
            await engine.dispose()

        asyncio.run(trying())

    @pytest.mark.parametrize("when", CANCELLING)
    def test_what_is_cancelled_at_any_statement_leaves_nothing(
        self, embedded: Embedded, path: Path, monkeypatch: pytest.MonkeyPatch, when: str
    ) -> None:
        statements = Statements(when)

        def counting(run: RunAsync) -> AwaitedLink:
            return AwaitedLink(statements.counted(run))

        monkeypatch.setattr("referral_flow.stores.sqlite_joined.AwaitedLink", counting)
        cancel_at_every_statement(embedded, f"sqlite+aiosqlite:///{path}", statements)
