"""SQLAlchemy 2: `flow.within(session)` or `flow.within(connection)`, also inside `run_sync`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, UnboundExecutionError
from sqlalchemy.orm import Session, SessionTransaction, scoped_session

from referral_flow.errors import ConfigurationError, NoTransaction, StoreError
from referral_flow.ports import HostConnection

_BEGIN = "BEGIN IMMEDIATE"
_TO_TYPE = {
    "Session": "with session.begin():",
    "Connection": "with engine.begin() as connection:",
    "sqlite": f'connection.exec_driver_sql("{_BEGIN}")',
    "postgresql": 'engine.execution_options(isolation_level="READ COMMITTED")',
}
_WAITING = "referral_flow"
_Tell = Callable[[], None]


def joined(given: Any) -> Any:
    """Give the transaction of a Session or Connection.

    Observers hear after the commit of a Session. A Connection says that it commits before it
    does, so call `announce` after it.

    Raises NoTransaction where none is open, or only SQLAlchemy believes that one is;
    ConfigurationError for an asynchronous session or connection outside `run_sync`, and for a
    Session of several engines.
    """
    if hasattr(given, "run_sync"):
        raise ConfigurationError(
            problem=f"{type(given).__name__} is asynchronous",
            advice="`await session.run_sync(work)`, and flow.within(session) in work(session)",
        )
    given = given() if isinstance(given, scoped_session) else given
    if not isinstance(given, Session | Connection):
        return given
    hint = _hint(given)
    if not given.in_transaction():
        raise NoTransaction(hint=hint)
    if isinstance(given, Connection):
        return _of(given, hint, _nothing, None)
    try:
        connection = given.connection()
    except UnboundExecutionError as error:
        raise ConfigurationError(
            problem="the Session has several engines, or none",
            advice="a Session of the one engine that leads to the store",
        ) from error
    return _of(connection, hint, given.connection, partial(_after_commit, given))


def _hint(given: Session | Connection) -> str:
    kind, bind = ("Session", given.bind) if isinstance(given, Session) else ("Connection", given)
    waited = bind is not None and bind.dialect.is_async
    return f"async {_TO_TYPE[kind]}" if waited else _TO_TYPE[kind]


def _nothing() -> None:
    """A Connection sends its SAVEPOINT when `begin_nested` is called."""


def _of(
    connection: Connection,
    hint: str,
    catch_up: Callable[[], object],
    after_commit: Callable[[_Tell], None] | None,
) -> HostConnection:
    transaction = connection.get_transaction()

    def check() -> None:
        # The pool may have given the driver's connection to somebody else by now.
        if transaction is None or not transaction.is_active:
            raise NoTransaction(hint=hint)
        # A Session sends the SAVEPOINT of its `begin_nested` when it is next used, and it does
        # not see that we use the connection: its rollback would leave ours.
        catch_up()

    check()
    adapted: Any = connection.connection.dbapi_connection
    driver = connection.connection.driver_connection
    _begin(connection, driver)
    run_async = adapted.run_async if connection.dialect.is_async else None
    return HostConnection(driver, check, after_commit, run_async)


def _begin(connection: Connection, driver: Any) -> None:
    """Begin in the driver what has begun for SQLAlchemy only."""
    dialect = connection.dialect.name
    if dialect == "postgresql" and hasattr(driver, "info"):
        connection.exec_driver_sql("SELECT 1")
        if driver.autocommit:
            raise NoTransaction(hint=_TO_TYPE[dialect])
    if dialect == "sqlite":
        _begin_sqlite(connection, driver)


def _begin_sqlite(connection: Connection, driver: Any) -> None:
    if connection.in_nested_transaction() and driver.isolation_level is not None:
        # The driver sends no BEGIN before a SAVEPOINT, whose release is then a commit, and
        # nobody can tell by the connection whether it was so.
        raise NoTransaction(hint="flow.within(...)  # before begin_nested()")
    if driver.in_transaction:
        return
    if driver.isolation_level is None:
        raise NoTransaction(hint=_TO_TYPE["sqlite"])
    try:
        connection.exec_driver_sql(_BEGIN)
    except DBAPIError as error:
        raise StoreError(problem=str(error.orig)) from error


def _after_commit(session: Session, tell: _Tell) -> None:
    waiting = session.info.get(_WAITING)
    if waiting is None:
        waiting = session.info[_WAITING] = []
        event.listen(session, "after_transaction_end", _ended)
    if tell not in waiting:
        waiting.append(tell)


def _ended(session: Session, transaction: SessionTransaction) -> None:
    # `after_commit` is called for a savepoint as well, and before the connection is free.
    if transaction.parent is None:
        waiting = session.info[_WAITING]
        telling, waiting[:] = list(waiting), []
        for tell in telling:
            tell()
