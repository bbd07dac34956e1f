"""viewflow.fsm: transitions as decorated methods, with conditions and a hook of success.

Beside it the statements are written by hand: it keeps nothing by itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.conf import settings

from benchmarks.contenders.measuring import Seen, best_of, main, timed
from benchmarks.contenders.sent_back import (
    WARD,
    Asked,
    ReturnPaper,
    asked,
    facts_of,
    handed_in,
    returned,
    rows_of,
)

settings.configure(INSTALLED_APPS=[])
django.setup()

from viewflow.fsm import State  # noqa: E402 - Django is set up first


def _number_matches(referral: Any) -> bool:
    return bool(referral.asked == referral.number)


def _has_taken_part(referral: Any) -> bool:
    return bool(referral.steps >= 0)


class Referral:
    """A plain object with a state."""

    state = State(["issued", "submitted", "active"], default="issued")

    def __init__(self) -> None:
        self.number = self.asked = "1/GT"
        self.steps = 0
        self.history: list[tuple[str, str]] = []

    @state.on_success()
    def record(self, _transition: Any, _source: Any, target: str, **_: Any) -> None:
        """Write what has happened."""
        self.history.append((target, "residence"))

    @state.transition(source="issued", target="submitted", conditions=[_number_matches])
    def submit(self) -> None:
        """Hand the paper in."""

    @state.transition(source="submitted", target="active", conditions=[_has_taken_part])
    def activate(self) -> None:
        """Take part."""

    @state.transition(source="active", target="issued", conditions=[_has_taken_part])
    def renew(self) -> None:
        """Begin anew."""


def event(count: int) -> Seen:
    """Fire the three transitions in turn."""
    referral = Referral()

    def run() -> None:
        for _ in range(count // 3):
            referral.submit()
            referral.activate()
            referral.renew()

    return best_of(run, count // 3 * 3)


_SCHEMA = Path(__file__).parents[2] / "src" / "referral_flow" / "stores" / "migrations"
_TABLES = ("rf_command", "rf_event", "rf_words", "rf_outbox")
_LOAD = "SELECT id, version, state, requester, owner, mark, data FROM rf_stream WHERE id = ?"
_SET = "UPDATE rf_stream SET version = ?, state = ?, data = ? WHERE id = ? AND version = ?"


class Paper:
    """A referral as its row has it, whose paper may be sent back."""

    state = State(["submitted", "returned"])
    asked: Asked

    def __init__(self, row: tuple[Any, ...]) -> None:
        self.id, self.version, self._state, self.requester, self.owner, self.mark, data = row
        self.facts = facts_of(data)

    @state.getter()
    def _get_state(self) -> str:
        return str(self._state)

    @state.setter()
    def _set_state(self, value: str) -> None:
        self._state = value

    def residence_asks(self) -> bool:
        """Say whether the committee that receives asks."""
        return self.asked.comes_from(self.owner)

    def reason_given(self) -> bool:
        """Say whether a reason is given in words."""
        return self.asked.reason_given

    def day_stands(self) -> bool:
        """Say whether the day has come, is after the last step, and not too far back."""
        asked = self.asked
        last = self.facts["timeline"]["last_step"]
        return asked.not_in_future and asked.not_before(last) and asked.not_too_far_back

    @state.transition(
        source="submitted",
        target="returned",
        conditions=[residence_asks, reason_given, day_stands],
    )
    def send_back(self) -> None:
        """Send the paper back."""


def _insert(table: str, width: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"


def _return(connection: sqlite3.Connection, asked: Asked) -> None:
    """Send a paper back, in a transaction of its own."""
    connection.execute("BEGIN IMMEDIATE")
    paper = Paper(connection.execute(_LOAD, (asked.command.referral,)).fetchone())
    paper.asked = asked
    paper.send_back()
    version = paper.version + 1
    data = returned(paper.facts, asked)
    values = (version, paper.state, data, paper.id, paper.version)
    assert connection.execute(_SET, values).rowcount == 1
    rows = rows_of(asked, version, paper)
    for statement, row in zip(_WRITTEN, rows, strict=True):
        connection.execute(statement, tuple(row.values()))
    connection.execute("COMMIT")


_WRITTEN = tuple(map(_insert, _TABLES, (4, 17, 4, 15)))


@contextmanager
def _opened() -> Iterator[sqlite3.Connection]:
    """Give a new store with the tables of ours, in WAL, whose commits are on the disk."""
    with TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "v.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA cache_size=-64000")
        for step in sorted(_SCHEMA.glob("*.sql")):
            connection.executescript(step.read_text("utf-8"))
        yield connection
        connection.close()


def by_hand(count: int) -> Seen:
    """Load, fire, and write the five rows in one transaction."""
    with _opened() as connection:
        commands = _filled(connection, count)

        def run() -> None:
            for command in commands:
                _return(connection, asked(command, WARD))

        seen = timed(run, count)
        for table, each in zip(("rf_stream", *_TABLES), (1, 3, 3, 1, 4), strict=True):
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert found == (each * count,)
        return seen


def _filled(connection: sqlite3.Connection, count: int) -> list[ReturnPaper]:
    """Write papers that are handed in, and give the command that sends each back."""
    earlier = [handed_in(n) for n in range(count)]
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in (
        ("rf_stream", [each.stream for each in earlier]),
        ("rf_command", [row for each in earlier for row in each.commands]),
        ("rf_event", [row for each in earlier for row in each.events]),
        ("rf_outbox", [row for each in earlier for row in each.messages]),
    ):
        statement = _insert(table, len(rows[0]))
        connection.executemany(statement, [tuple(row.values()) for row in rows])
    connection.execute("COMMIT")
    return [ReturnPaper(each.stream["id"], "sai số giấy") for each in earlier]


if __name__ == "__main__":
    main({"event": event, "by_hand": by_hand})
