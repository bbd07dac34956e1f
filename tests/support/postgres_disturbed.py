"""Ways to disturb a store in PostgreSQL at a chosen statement, and several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
import pytest
from referral_flow_postgres.exchange import Asked
from referral_flow_postgres.session import Session

from referral_flow.stores.writing import Step

PATIENCE = 30


@contextmanager
def around(
    name: str, before: Callable[[Session, str], None], after: Callable[[], None] | None = None
) -> Iterator[None]:
    """Do something before, or after, what the store does on its connection by this name."""
    true = getattr(Session, name)

    def wrapped(session: Session) -> Any:
        before(session, "")
        result = true(session)
        if after is not None:
            after()
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, name, wrapped)
        yield


@contextmanager
def before_each(work: Callable[[Session, str], None]) -> Iterator[None]:
    """Send each statement by itself, as if the others took longer, and do something before it."""
    true = Session.ask

    def singly(session: Session, steps: Sequence[Step], ending: Sequence[Asked] = ()) -> Any:
        for place, step in enumerate(steps, 1):
            work(session, step[0])
            yield from true(session, [step], ending if place == len(steps) else ())
        if not steps:
            yield from true(session, steps, ending)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "ask", singly)
        yield


def nothing(_session: Session, _sql: str) -> None:
    pass


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def cutter(administrator: psycopg.Connection[Any], at: int) -> Callable[[Session, str], None]:
    """Cut the connection of whoever comes to statement `at`, once."""
    numbers = count(1)

    def cut(session: Session, _sql: str) -> None:
        if next(numbers) == at:
            end(administrator, session)

    return cut


def end(administrator: psycopg.Connection[Any], session: Session) -> None:
    pid = session.connection.info.backend_pid
    administrator.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def together(works: Sequence[tuple[Any, ...]]) -> None:
    """Do several works in threads of their own, and wait for all."""
    threads = [threading.Thread(target=work, args=given) for work, *given in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
