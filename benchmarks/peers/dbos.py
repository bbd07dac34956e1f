"""DBOS on SQLite: a workflow in which each command is a durable step."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dbos import DBOS

from benchmarks.contenders.measuring import Seen, main, timed


def _submit(referral: dict[str, str], number: str) -> dict[str, Any]:
    if referral["state"] != "issued" or referral["number"] != number:
        raise ValueError
    return {**referral, "state": "submitted", "late_by": 0, "tell": "w-2"}


def durable(count: int) -> Seen:
    """Each step's outcome is kept before the next begins; it has no rows of its own to find."""
    logging.disable()
    with TemporaryDirectory() as folder:
        DBOS(
            config={
                "name": "referrals",
                "system_database_url": f"sqlite:///{Path(folder) / 'd.db'}",
                "run_admin_server": False,
            }
        )
        submit = DBOS.step()(_submit)

        @DBOS.workflow()
        def hand_in(first: int, last: int) -> None:
            for n in range(first, last):
                submit({"id": f"{n}", "state": "issued", "number": f"{n}/GT"}, f"{n}/GT")

        DBOS.launch()
        hand_in(0, 1)
        seen = timed(lambda: hand_in(1, count + 1), count)
        DBOS.destroy()
        return seen


if __name__ == "__main__":
    main({"durable": durable})
    os._exit(0)
