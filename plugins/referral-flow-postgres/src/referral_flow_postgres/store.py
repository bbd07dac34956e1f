"""The store in a PostgreSQL database: many writers at once, on several machines."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from referral_flow.errors import OutcomeUnknown, StoreTooNew
from referral_flow.ports import Store, StoreState
from referral_flow.stores.statement_store import Result, StatementStore
from referral_flow.stores.writing import Link, Values
from referral_flow_postgres import schema
from referral_flow_postgres.address import Address, parse
from referral_flow_postgres.dialect import Dialect
from referral_flow_postgres.joined import JoinedStore
from referral_flow_postgres.link import PostgresLink
from referral_flow_postgres.opening import Opening, begin, look
from referral_flow_postgres.problems import (
    TROUBLE,
    PostgresFailed,
    PostgresNotMigrated,
    failure,
    told,
)
from referral_flow_postgres.session import RolledBack, Session

_TRIES = 6
_PASSING = (errors.DeadlockDetected, errors.SerializationFailure)


class PostgresStore(StatementStore):
    """Keep a store at `postgresql://user@host/database?schema=referral_flow`.

    Nothing is created by opening it: a database without the tables, or with older ones,
    opens, and does nothing but `check` until `migrate` was called.

    Raises WrongUrl, StoreError where the server cannot be reached, StoreUnreadable,
    StoreTooNew.
    """

    capabilities = frozenset({"durable", "processes", "join"})

    def __init__(self, url: str) -> None:
        self._address = parse(url)
        self._process = os.getpid()
        self._dialect = Dialect(self._address.schema)
        self._wanted = schema.wanted()
        self._closed = False
        self._notes, self._schema = self._look()
        if self._schema > self._wanted:
            place = self._address.shown
            raise StoreTooNew(path=place, found=self._schema, wanted=self._wanted)
        self._pool = _pool(self._address)
        with suppress(PoolTimeout):
            # Who asks before the first connection is there makes the pool open a second.
            self._pool.wait(self._address.patience)

    # --- the store as a whole

    def check(self) -> StoreState:
        """Say how the store stands."""
        self._check_use()
        if self._schema != self._wanted:
            return StoreState(self._schema, self._wanted, 0, 0, 0, 0, 0, self._notes)
        return self._state(self._schema, self._notes)

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:
        """Bring the schema up to date in one transaction; give the names of the steps."""
        self._check_use()
        if dry_run:
            return tuple(step.name for step in schema.missing(self._schema))
        opening = begin(self._address, migrating=True)
        done = self._transaction(opening, lambda link: schema.migrate(link, self._address.schema))
        self._schema = self._wanted
        return done

    def join(self, connection: Any) -> Store:
        """Give a store inside the transaction that is open on a connection of psycopg 3."""
        return JoinedStore(connection, self._address, self._dialect)

    def close(self) -> None:
        """Let go of everything; a second call does nothing."""
        # After a fork the connections are the parent's.
        if self._closed or os.getpid() != self._process:
            return
        self._closed = True
        self._pool.close()

    # --- transactions

    def _read(self, work: Callable[[Link], Result]) -> Result:
        self._check_schema()
        return self._transaction(begin(self._address, reading=True), work, writing=False)

    def _asked(self, questions: Sequence[tuple[str, Values]]) -> list[list[Any]]:
        self._check_schema()
        if not questions:
            return []
        opening = begin(self._address, reading=True)
        return self._transaction(opening, lambda link: link.only(questions), writing=False)

    def _write(self, work: Callable[[Link], Result], command: str | None = None) -> Result:
        self._check_schema()
        return self._transaction(begin(self._address), work, command)

    def _transaction(
        self,
        opening: Opening,
        work: Callable[[Session], Result],
        command: str | None = None,
        *,
        writing: bool = True,
    ) -> Result:
        """Do work in a transaction of its own, again where nothing was written and it may pass."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with self._connection() as connection:
                    return self._once(connection, opening, work, command, writing)
            except _Passing as passing:
                if not tries_left:
                    raise PostgresFailed(path=self._address.shown, problem=str(passing)) from None
                if passing.broken:
                    # After a restart of the server the others are broken too.
                    self._pool.check()
            except TROUBLE as error:
                raise failure(error, self._address.shown) from None
            time.sleep(random.uniform(0, 0.004) * 2 ** (_TRIES - tries_left))
        raise AssertionError  # the loop returns or raises

    def _once(
        self,
        connection: _Connection,
        opening: Opening,
        work: Callable[[Session], Result],
        command: str | None,
        writing: bool,
    ) -> Result:
        sent = False
        link = connection.session(self._dialect, self._address)
        try:
            link.begin(opening)
            result = work(link)
            sent = writing
            link.commit()
        except BaseException as error:
            _roll_back(connection)
            if sent and not isinstance(error, RolledBack):
                # The server may have committed before the way to it was cut.
                known = {"command_id": command} if command else {}
                raise OutcomeUnknown(problem=told(error), **known) from None
            if isinstance(error, _PASSING) or (
                isinstance(error, psycopg.OperationalError) and connection.closed
            ):
                raise _Passing(told(error), connection.closed) from None
            raise
        return result

    @contextmanager
    def _connection(self) -> Iterator[_Connection]:
        try:
            connection = self._pool.getconn()
        except PoolClosed:
            raise PostgresFailed(path=self._address.shown, problem="closed") from None
        except PoolTimeout:
            # The pool tries in the background and does not say what it met.
            self._look()
            raise PostgresFailed(path=self._address.shown, problem="no_connection") from None
        try:
            yield connection
        finally:
            self._pool.putconn(connection)

    def _look(self) -> tuple[dict[str, str], int]:
        """Open one connection, to tell at once and in the server's words why it cannot be."""
        try:
            with psycopg.connect(**self._address.parameters, autocommit=True) as connection:
                return look(PostgresLink(connection, self._dialect), self._address)
        except TROUBLE as error:
            raise failure(error, self._address.shown) from None

    # --- what must hold at each use

    def _check_schema(self) -> None:
        self._check_use()
        if self._schema != self._wanted:
            # Somebody else may have migrated it meanwhile.
            self._notes, self._schema = self._look()
        if self._schema != self._wanted:
            place = self._address.shown
            raise PostgresNotMigrated(path=place, found=self._schema, wanted=self._wanted)

    def _check_use(self) -> None:
        if os.getpid() != self._process:
            raise PostgresFailed(path=self._address.shown, problem="forked")
        if self._closed:
            raise PostgresFailed(path=self._address.shown, problem="closed")


class _Passing(Exception):
    """Say that nothing was written, and that the same may be done again."""

    def __init__(self, said: str, broken: bool) -> None:
        super().__init__(said)
        self.broken = broken


class _Connection(psycopg.Connection[Any]):
    """A connection of the pool, with what is known of it from one transaction to the next."""

    _session: Session | None = None

    def session(self, dialect: Dialect, address: Address) -> Session:
        """Give the session of the store on this connection."""
        if self._session is None:
            self._session = Session(self, dialect, address.prepare_threshold)
        return self._session


def _pool(address: Address) -> ConnectionPool[_Connection]:
    return ConnectionPool(
        connection_class=_Connection,
        # What is prepared is for the session to say: psycopg would forget it for both.
        kwargs={**address.parameters, "autocommit": True, "prepare_threshold": None},
        min_size=1,
        max_size=address.pool_size,
        timeout=address.patience,
        # Longer, and it would go on waiting ever longer while the server is there again.
        reconnect_timeout=address.patience,
        num_workers=1,
        name="referral-flow",
        open=True,
    )


def _roll_back(connection: psycopg.Connection[Any]) -> None:
    status = connection.info.transaction_status
    if status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        with suppress(psycopg.Error):
            connection.rollback()
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.close()
