"""Applications on SQLAlchemy 2: Core, a Session, and an AsyncSession with `run_sync`."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from referral_flow.testing.hosts import Inside
from tests.hosts.drivers import interrupt

T = TypeVar("T")


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"

    place: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class InsideConnection:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def add(self, text: str) -> None:
        self.connection.execute(Note.__table__.insert().values(text=text))  # type: ignore[attr-defined]

    def undone(self, work: Callable[[], object]) -> None:
        with self.connection.begin_nested() as nested:
            work()
            nested.rollback()


class InsideSession:
    def __init__(self, session: Session) -> None:
        self.connection = session

    def add(self, text: str) -> None:
        # Not flushed: it is written with the commit, or with what the application asks next.
        self.connection.add(Note(text=text))

    def undone(self, work: Callable[[], object]) -> None:
        nested = self.connection.begin_nested()
        work()
        nested.rollback()


class OfEngine(ABC):
    """What the applications with an engine that is not asynchronous have alike."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, poolclass=NullPool)
        Base.metadata.create_all(self.engine)

    @abstractmethod
    def run(self, work: Callable[[Inside], T]) -> T: ...

    def cut_off(self, work: Callable[[Inside], object]) -> None:
        interrupt(self.run, work)

    def committed(self) -> list[str]:
        return notes(self.engine)

    def close(self) -> None:
        self.engine.dispose()


class CoreApplication(OfEngine):
    to_type = "with engine.begin() as connection:"
    tells = False

    def run(self, work: Callable[[Inside], T]) -> T:
        with self.engine.begin() as connection:
            return work(InsideConnection(connection))

    def run_bare(self, work: Callable[[Any], T]) -> T:
        with self.engine.connect() as connection:
            return work(connection)


class SessionApplication(OfEngine):
    to_type = "with session.begin():"
    tells = True

    def run(self, work: Callable[[Inside], T]) -> T:
        with Session(self.engine) as session, session.begin():
            return work(InsideSession(session))

    def run_bare(self, work: Callable[[Any], T]) -> T:
        with Session(self.engine) as session:
            return work(session)


class AsyncApplication:
    """Each piece of work in an event loop of its own, as a task that may be cancelled."""

    to_type = "async with session.begin():"
    tells = True

    def __init__(self, url: str, url_to_look: str) -> None:
        self._url = url
        self._looking = create_engine(url_to_look, poolclass=NullPool)
        Base.metadata.create_all(self._looking)

    def run(self, work: Callable[[Inside], T]) -> T:
        async def running(engine: AsyncEngine) -> T:
            async with AsyncSession(engine) as session, session.begin():
                return await session.run_sync(lambda session: work(InsideSession(session)))

        return asyncio.run(self._with_engine(running))

    def run_bare(self, work: Callable[[Any], T]) -> T:
        async def running(engine: AsyncEngine) -> T:
            async with AsyncSession(engine) as session:
                return await session.run_sync(work)

        return asyncio.run(self._with_engine(running))

    def cut_off(self, work: Callable[[Inside], object]) -> None:
        """Cancel the task while it waits for something else, between our command and its end."""

        async def task(engine: AsyncEngine, executed: asyncio.Event) -> None:
            async with AsyncSession(engine) as session, session.begin():
                await session.run_sync(lambda session: work(InsideSession(session)))
                executed.set()
                await asyncio.Event().wait()

        async def cancelling(engine: AsyncEngine) -> None:
            executed = asyncio.Event()
            running = asyncio.create_task(task(engine, executed))
            await asyncio.wait(
                (running, asyncio.create_task(executed.wait())),
                return_when=asyncio.FIRST_COMPLETED,
            )
            assert not running.done()
            running.cancel()
            (ended,) = await asyncio.gather(running, return_exceptions=True)
            assert isinstance(ended, asyncio.CancelledError)

        asyncio.run(self._with_engine(cancelling))

    async def _with_engine(self, work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
        engine = create_async_engine(self._url, poolclass=NullPool)
        try:
            return await work(engine)
        finally:
            await engine.dispose()

    def committed(self) -> list[str]:
        return notes(self._looking)

    def close(self) -> None:
        self._looking.dispose()


def notes(engine: Engine) -> list[str]:
    """Give the rows as another connection sees them."""
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT text FROM note ORDER BY place")))


def with_psycopg(url: str) -> str:
    """Give the URL as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+psycopg://")
