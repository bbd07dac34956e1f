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
from referral_flow.ports import Store, StoreState
from referral_flow.stores import sqlite_schema
from referral_flow.stores.sqlite_opening import TROUBLE, SqliteLink
from referral_flow.stores.statement_store import Result, StatementStore
from referral_flow.stores.writing import Link

_TO_TYPE = 'connection.execute("BEGIN IMMEDIATE")'


class JoinedStore(StatementStore):
    """Work in the transaction that is open on `connection`, each writing in a savepoint.

    Raises NoTransaction when none is open, PluginError for another kind of connection,
    StoreNotMigrated and StoreTooNew for the schema that is found there.
    """

    capabilities = frozenset({"durable", "join"})

    def __init__(self, connection: Any) -> None:
        if not isinstance(connection, sqlite3.Connection):
            raise PluginError(
                plugin="sqlite", problem=f"it joins a sqlite3.Connection, not {type(connection)}"
            )
        if connection.text_factory is not str:
            raise PluginError(plugin="sqlite", problem="text_factory of the connection is not str")
        self._connection = connection
        self._check_transaction()
        self._link = SqliteLink(connection)
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

    def _read(self, work: Callable[[Link], Result]) -> Result:
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
        with suppress(sqlite3.Error):
            self._link.execute(f"ROLLBACK TO {self._savepoint}")
            self._link.execute(f"RELEASE {self._savepoint}")

    def _check_transaction(self) -> None:
        if not self._connection.in_transaction:
            raise NoTransaction(hint=_TO_TYPE)

    def _path(self) -> str:
        return str(self._rows("PRAGMA database_list", ())[0][2])
