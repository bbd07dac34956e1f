"""A host that the library knows nothing of says by a HostConnection what it has in hand."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from referral_flow.commands import Submit
from referral_flow.errors import NoTransaction, StoreError
from referral_flow.ports import HostConnection, Store
from referral_flow.testing.host_clauses.application import PAPER, WARD, Embedded
from tests.hosts.drivers import SqliteApplication


@pytest.fixture
def embedded(sqlite_store: Store, path: Path) -> Iterator[Embedded]:
    host = SqliteApplication(path)
    yield Embedded(sqlite_store, host)
    host.close()


class Loop:
    """An event loop and an asynchronous driver in it, with rows of another kind than tuples."""

    def __init__(self, path: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self.driver = self.wait(aiosqlite.connect(path, isolation_level=None))
        self.driver.row_factory = lambda cursor, row: {
            column[0]: value for column, value in zip(cursor.description, row, strict=True)
        }

    def wait(self, awaitable: Awaitable[Any]) -> Any:
        async def waiting() -> Any:
            return await awaitable

        return self._loop.run_until_complete(waiting())

    def run_async(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        return self.wait(work(self.driver))

    def close(self) -> None:
        self.wait(self.driver.close())
        self._loop.close()


@pytest.fixture
def loop(embedded: Embedded, path: Path) -> Iterator[Loop]:
    loop = Loop(path)
    yield loop
    loop.close()


def test_an_asynchronous_driver_is_joined_by_what_waits_for_it(
    embedded: Embedded, loop: Loop
) -> None:
    given = HostConnection(loop.driver, run_async=loop.run_async)
    with pytest.raises(NoTransaction):
        embedded.flow.within(given)
    loop.wait(loop.driver.execute("BEGIN IMMEDIATE"))
    joined = embedded.flow.within(given)
    joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
    assert embedded.versions() == [1]
    loop.wait(loop.driver.commit())
    joined.announce()
    assert (embedded.versions(), embedded.heard) == ([1, 2], ["submit"])


def test_an_asynchronous_driver_that_is_closed_is_told(embedded: Embedded, loop: Loop) -> None:
    loop.wait(loop.driver.close())
    with pytest.raises(StoreError, match="no active connection"):
        embedded.flow.within(HostConnection(loop.driver, run_async=loop.run_async))


def test_observers_hear_when_the_host_says_so(embedded: Embedded, path: Path) -> None:
    telling: list[Callable[[], None]] = []
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    joined = embedded.flow.within(HostConnection(connection, after_commit=telling.append))
    joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
    telling[0]()
    assert embedded.heard == []
    connection.execute("COMMIT")
    telling[0]()
    assert embedded.heard == ["submit"]
    connection.close()


def test_a_host_that_says_that_its_transaction_is_over_is_believed(
    embedded: Embedded, path: Path
) -> None:
    over = False

    def check() -> None:
        if over:
            raise NoTransaction(hint="my_own_begin()")

    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    desk = embedded.flow.within(HostConnection(connection, check)).acting_as(WARD)
    over = True
    with pytest.raises(NoTransaction, match="my_own_begin"):
        desk.execute(Submit(embedded.id, PAPER))
    with pytest.raises(NoTransaction, match="my_own_begin"):
        desk.get(embedded.id)
    connection.close()
