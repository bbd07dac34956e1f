"""Cancel a task at the n-th statement of ours, for each n, until none is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from referral_flow.commands import Submit
from referral_flow.testing.host_clauses.application import PAPER, WARD, Embedded

RunAsync = Callable[[Callable[[Any], Awaitable[Any]]], Any]

CANCELLING = ("before", "during")
"""Before the statement is sent, or while the driver works on it."""


class Statements:
    """Counts what the driver is asked, and cancels the task at one of them."""

    task: asyncio.Task[None]

    def __init__(self, when: str) -> None:
        self._when = when
        self.cancel_at = 0
        self.asked = 0

    def counted(self, run: RunAsync) -> RunAsync:
        """Give what is asked instead of `run`."""

        def counting(work: Callable[[Any], Awaitable[Any]]) -> Any:
            if self.asked == self.cancel_at:
                self._cancel()
            self.asked += 1
            return run(work)

        return counting

    def _cancel(self) -> None:
        if self._when == "before":
            self.task.cancel()
        else:
            asyncio.get_running_loop().call_soon(self.task.cancel)


def cancel_at_every_statement(embedded: Embedded, url: str, statements: Statements) -> None:
    """Hand in a paper again and again; it is there only when nothing was cancelled."""
    while asyncio.run(_is_cancelled(embedded, url, statements)):
        assert (embedded.versions(), embedded.heard) == ([1], [])
        assert embedded.flow.verify().faults == ()
        statements.cancel_at += 1
    assert statements.cancel_at == statements.asked > 8
    assert (embedded.versions(), embedded.heard) == ([1, 2], ["submit"])


async def _is_cancelled(embedded: Embedded, url: str, statements: Statements) -> bool:
    def submit(session: Session) -> None:
        embedded.flow.within(session).acting_as(WARD).execute(Submit(embedded.id, PAPER))

    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session, session.begin():
            await session.run_sync(submit)

    engine = create_async_engine(url, poolclass=NullPool)
    statements.asked = 0
    statements.task = asyncio.create_task(work(engine))
    (ended,) = await asyncio.gather(statements.task, return_exceptions=True)
    await engine.dispose()
    if isinstance(ended, asyncio.CancelledError):
        return True
    assert ended is None
    return False
