"""The store inside a transaction that is not ours, on a host's own SQLite connection."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from referral_flow.errors import (
    NoTransaction,
    PluginError,
    StoreError,
    StoreNotMigrated,
    StoreTooNew,
)
from referral_flow.ports import HostConnection, Store, StoreState
from referral_flow.stores import sqlite_schema
from referral_flow.stores.sqlite_awaited import AwaitedLink
from referral_flow.stores.sqlite_opening import TROUBLE, SqliteLink
from referral_flow.stores.statement_store import Result, StatementStore
from referral_flow.stores.writing import Link

_TO_TYPE = 'connection.execute("BEGIN IMMEDIATE")'
# aiosqlite says with a ValueError that a connection is closed.
_CLOSED = (sqlite3.Error, ValueError)


class JoinedStore(StatementStore):
    """Work in the transaction that is open on `connection`, each writing in a savepoint.

    It takes a `sqlite3.Connection`, or a HostConnection with that or with an asynchronous one
    such as aiosqlite has. Raises NoTransaction when none is open, PluginError for another
    kind of connection, StoreError for one that is closed, StoreNotMigrated and StoreTooNew
    for the schema that is found there.
    """

    capabilities = frozenset({"durable", "join"})

    def __init__(self, connection: Any) -> None:
        host = connection if isinstance(connection, HostConnection) else HostConnection(connection)
        if not _is_sqlite(host):
            raise PluginError(
                plugin="sqlite", problem=f"it joins a sqlite3.Connection, not {type(host.driver)}"
            )
        self._host = host
        self._link = self._opened()
        self._savepoint = f"rf_{secrets.token_hex(8)}"
        wanted = sqlite_schema.wanted()
        self._schema = self._read(sqlite_schema.version) or 0
        if self._schema != wanted:
            error = StoreTooNew if self._schema > wanted else StoreNotMigrated
            raise error(path=self._path(), found=self._schema, wanted=wanted)

    def check(self) -> StoreState:
        """Say how the store stands, as this transaction sees it."""
        level = self._rows("PRAGMA synchronous", ())[0][0]
        notes = {
            "path": self._path(),
            "sqlite": sqlite3.sqlite_version,
            "synchronous": {0: "off", 1: "normal", 2: "full", 3: "extra"}[level],
        }
        return self._state(self._schema, notes)

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:  # noqa: ARG002
        """Do nothing: only a store of the right schema can be joined."""
        return ()

    def close(self) -> None:
        """Do nothing: the connection is the host's."""

    def join(self, connection: Any) -> Store:
        """Give a store inside the transaction that is open on another connection."""
        return JoinedStore(connection)

    def _opened(self) -> Link:
        self._check_transaction()
        try:
            if self._host.driver.text_factory is not str:
                raise PluginError(
                    plugin="sqlite", problem="text_factory of the connection is not str"
                )
            if self._host.run_async is None:
                return SqliteLink(self._host.driver)
            return AwaitedLink(self._host.run_async)
        except TROUBLE as error:
            raise StoreError(problem=str(error)) from error

    def _read(self, work: Callable[[Link], Result]) -> Result:
        self._host.check()
        try:
            return work(self._link)
        except TROUBLE as error:
            raise StoreError(problem=str(error)) from error

    def _write(self, work: Callable[[Link], Result], command: str | None = None) -> Result:  # noqa: ARG002
        # Without a transaction around it, our RELEASE would be a COMMIT.
        self._check_transaction()
        try:
            self._link.execute(f"SAVEPOINT {self._savepoint}")
            result = work(self._link)
            self._link.execute(f"RELEASE {self._savepoint}")
        except BaseException as error:
            self._go_back()
            if isinstance(error, TROUBLE):
                raise StoreError(problem=str(error)) from error
            raise
        return result

    def _go_back(self) -> None:
        # A full disk can end the whole transaction, and with it our savepoint.
        with suppress(*_CLOSED):
            self._link.execute(f"ROLLBACK TO {self._savepoint}")
            self._link.execute(f"RELEASE {self._savepoint}")

    def _check_transaction(self) -> None:
        self._host.check()
        try:
            begun = self._host.driver.in_transaction
        except _CLOSED as error:
            raise StoreError(problem=str(error)) from error
        if not begun:
            raise NoTransaction(hint=_TO_TYPE)

    def _path(self) -> str:
        return str(self._rows("PRAGMA database_list", ())[0][2])


def _is_sqlite(host: HostConnection) -> bool:
    if host.run_async is None:
        return isinstance(host.driver, sqlite3.Connection)
    return all(hasattr(type(host.driver), name) for name in ("in_transaction", "text_factory"))
