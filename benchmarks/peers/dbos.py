"""DBOS on SQLite: each command is a durable step, of one workflow or of a workflow of its own."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dbos import DBOS, SetWorkflowID

from benchmarks.contenders.measuring import Seen, main, timed

_RAN: list[str] = []
"""The steps that ran, by number of their paper."""


def _submit(referral: dict[str, str], number: str) -> dict[str, Any]:
    if referral["state"] != "issued" or referral["number"] != number:
        raise ValueError
    _RAN.append(number)
    return {**referral, "state": "submitted", "late_by": 0, "tell": "w-2"}


@contextmanager
def _configured() -> Iterator[Path]:
    """Give the file of its database."""
    logging.disable()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "d.db"
        DBOS(
            config={
                "name": "referrals",
                "system_database_url": f"sqlite:///{path}",
                "run_admin_server": False,
            }
        )
        yield path
        DBOS.destroy()


def _issued(n: int) -> dict[str, str]:
    return {"id": f"{n}", "state": "issued", "number": f"{n}/GT"}


def _check(path: Path, table: str, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)


def durable(count: int) -> Seen:
    """Each step's outcome is kept before the next begins; it has no rows of its own to find."""
    with _configured() as path:
        submit = DBOS.step()(_submit)

        @DBOS.workflow()
        def hand_in(first: int, last: int) -> None:
            for n in range(first, last):
                submit(_issued(n), f"{n}/GT")

        DBOS.launch()
        hand_in(0, 1)
        seen = timed(lambda: hand_in(1, count + 1), count)
        _check(path, "operation_outputs", count + 1)
        return seen


def workflow(count: int) -> Seen:
    """Each command is a workflow under its own id, so that asked for again it is not done again."""
    with _configured() as path:
        submit = DBOS.step()(_submit)

        @DBOS.workflow()
        def hand_in(n: int) -> dict[str, Any]:
            return submit(_issued(n), f"{n}/GT")

        DBOS.launch()
        _once(hand_in, 0)

        def run() -> None:
            for n in range(1, count + 1):
                _once(hand_in, n)

        seen = timed(run, count)
        assert _once(hand_in, count)["state"] == "submitted"
        assert len(_RAN) == count + 1
        for table in ("workflow_status", "operation_outputs"):
            _check(path, table, count + 1)
        return seen


def _once(hand_in: Callable[[int], dict[str, Any]], n: int) -> dict[str, Any]:
    with SetWorkflowID(f"scan-{n}"):
        return hand_in(n)


if __name__ == "__main__":
    main({"durable": durable, "workflow": workflow})
    os._exit(0)
