"""Ways to disturb a store in PostgreSQL at a chosen statement, and several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
import pytest
from referral_flow_postgres.link import PostgresLink

PATIENCE = 30


@contextmanager
def around(
    name: str, before: Callable[[PostgresLink, str], None], after: Callable[[], None] | None = None
) -> Iterator[None]:
    """Do something before, or after, what the store does on its connection by this name."""
    true = getattr(PostgresLink, name)

    def wrapped(link: PostgresLink, sql: str = "", *given: Any) -> Any:
        before(link, sql)
        result = true(link, sql, *given) if sql else true(link)
        if after is not None:
            after()
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostgresLink, name, wrapped)
        yield


def nothing(_link: PostgresLink, _sql: str) -> None:
    pass


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def cutter(administrator: psycopg.Connection[Any], at: int) -> Callable[[PostgresLink, str], None]:
    """Cut the connection of whoever comes to statement `at`, once."""
    numbers = count(1)

    def cut(link: PostgresLink, _sql: str) -> None:
        if next(numbers) == at:
            end(administrator, link)

    return cut


def end(administrator: psycopg.Connection[Any], link: PostgresLink) -> None:
    pid = link.connection.info.backend_pid
    administrator.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def together(works: Sequence[tuple[Any, ...]]) -> None:
    """Do several works in threads of their own, and wait for all."""
    threads = [threading.Thread(target=work, args=given) for work, *given in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
