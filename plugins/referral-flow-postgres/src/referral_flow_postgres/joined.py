"""The store inside a transaction that is not ours, on a host's own connection."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus

from referral_flow.errors import ConcurrencyError, NoTransaction, PluginError, StoreTooNew
from referral_flow.ports import HostConnection, Store, StoreState
from referral_flow.stores.statement_store import Result, StatementStore
from referral_flow.stores.writing import Link
from referral_flow_postgres import schema
from referral_flow_postgres.address import Address
from referral_flow_postgres.awaited import AwaitedLink
from referral_flow_postgres.dialect import Dialect
from referral_flow_postgres.link import PostgresLink
from referral_flow_postgres.opening import MAKE_DURABLE, check_durable, look
from referral_flow_postgres.problems import TROUBLE, PostgresFailed, PostgresNotMigrated, failure

_TO_TYPE = "with connection.transaction():"
_FIRST = (errors.SerializationFailure, errors.DeadlockDetected)


class JoinedStore(StatementStore):
    """Work in the transaction that is open on `connection`, each writing in a savepoint.

    It takes a connection or cursor of psycopg 3, or a HostConnection with a connection, also
    an asynchronous one. Raises NoTransaction when none is open, PluginError for another kind
    of connection, StoreError for one that is closed or whose transaction is broken,
    StoreNotMigrated and StoreTooNew for the schema that is found there.
    """

    capabilities = frozenset({"durable", "join"})

    def __init__(self, connection: Any, address: Address, dialect: Dialect) -> None:
        if isinstance(connection, psycopg.Cursor):
            connection = connection.connection
        host = connection if isinstance(connection, HostConnection) else HostConnection(connection)
        if not _is_psycopg(host):
            raise PluginError(
                plugin="postgres",
                problem=f"it joins a psycopg.Connection (psycopg 3), not {type(host.driver)}",
            )
        self._host = host
        self._connection: Any = host.driver
        self._address = address
        self._dialect = dialect
        self._check_transaction()
        self._link = (
            PostgresLink(host.driver, dialect)
            if host.run_async is None
            else AwaitedLink(host.driver, dialect, host.run_async)
        )
        self._savepoint = f"rf_{secrets.token_hex(8)}"
        wanted = schema.wanted()
        self._notes, self._schema = self._read(lambda _: look(self._link, address))
        if self._schema != wanted:
            error = StoreTooNew if self._schema > wanted else PostgresNotMigrated
            raise error(path=address.shown, found=self._schema, wanted=wanted)

    def check(self) -> StoreState:
        """Say how the store stands, as this transaction sees it."""
        return self._state(self._schema, self._notes)

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:  # noqa: ARG002
        """Do nothing: only a store of the right schema can be joined."""
        return ()

    def close(self) -> None:
        """Do nothing: the connection is the host's."""

    def join(self, connection: Any) -> Store:
        """Give a store inside the transaction that is open on another connection."""
        return JoinedStore(connection, self._address, self._dialect)

    def _read(self, work: Callable[[Link], Result]) -> Result:
        self._host.check()
        idle = self._connection.info.transaction_status == TransactionStatus.IDLE
        try:
            return self._in_savepoint(work) if not idle else work(self._link)
        except TROUBLE as error:
            raise failure(error, self._address.shown) from None
        finally:
            # What psycopg began for us alone, after the host's transaction, must not stay open.
            if idle and not self._connection.autocommit:
                with suppress(psycopg.Error):
                    self._connection.rollback()

    def _write(self, work: Callable[[Link], Result], command: str | None = None) -> Result:  # noqa: ARG002
        self._check_transaction()
        try:
            return self._in_savepoint(work, writing=True)
        except _FIRST:
            # The host's transaction sees an older moment than the one that won.
            raise ConcurrencyError from None
        except TROUBLE as error:
            raise failure(error, self._address.shown) from None

    def _in_savepoint(self, work: Callable[[Link], Result], writing: bool = False) -> Result:
        opening = f"SAVEPOINT {self._savepoint}"
        try:
            if writing:
                found = self._link.run(f"{opening}; SELECT {MAKE_DURABLE}")[1][0][0]
                check_durable(found, self._address)
            else:
                self._link.run(opening)
            result = work(self._link)
            self._link.run(f"RELEASE {self._savepoint}")
        except BaseException:
            self._go_back()
            raise
        return result

    def _go_back(self) -> None:
        # A cut connection ends the whole transaction, and with it our savepoint.
        with suppress(psycopg.Error):
            self._link.run(f"ROLLBACK TO {self._savepoint}; RELEASE {self._savepoint}")

    def _check_transaction(self) -> None:
        self._host.check()
        status = self._connection.info.transaction_status
        if self._connection.closed or status == TransactionStatus.INERROR:
            problem = "connection_closed" if self._connection.closed else "aborted"
            raise PostgresFailed(path=self._address.shown, problem=problem)
        if status != TransactionStatus.INTRANS:
            raise NoTransaction(hint=_TO_TYPE)


def _is_psycopg(host: HostConnection) -> bool:
    kind = psycopg.Connection if host.run_async is None else psycopg.AsyncConnection
    return isinstance(host.driver, kind)
