"""procrastinate: a queue of jobs in PostgreSQL, with one worker and jobs that do nothing."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from procrastinate import App, PsycopgConnector

from benchmarks.contenders.databases import database
from benchmarks.contenders.measuring import Seen, main, timed


async def _nothing(number: int) -> None:
    """Take a job."""


def deliver(count: int, at_once: int) -> Seen:
    """Do all jobs that wait, then end; each is marked as done when it is."""
    logging.disable()
    with database() as place:
        app = App(connector=PsycopgConnector(conninfo=place))
        nothing = app.task(_nothing, name="nothing")

        async def fill() -> None:
            async with app.open_async():
                await app.schema_manager.apply_schema_async()
                await nothing.batch_defer_async(*({"number": n} for n in range(count)))

        async def work() -> None:
            async with app.open_async():
                await app.run_worker_async(
                    wait=False, concurrency=at_once, install_signal_handlers=False
                )

        async def left() -> int:
            async with app.open_async():
                return len(list(await app.job_manager.list_jobs_async(status="todo")))

        asyncio.run(fill())
        seen = timed(lambda: asyncio.run(work()), count)
        if waiting := asyncio.run(left()):
            raise SystemExit(f"{waiting} jobs were not done")
        return seen


if __name__ == "__main__":
    main({"ten at once": partial(deliver, at_once=10), "one by one": partial(deliver, at_once=1)})
