"""What a command costs, counted instead of timed: a count is the same on every machine."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from referral_flow.commands import Submit
from referral_flow.ports import Batch
from referral_flow.stores.sqlite import SqliteStore
from tests.application.office import Office


class Counting:
    """An office on SQLite that writes down each statement of the next command."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(f"sqlite:///{folder}/o.db")
        self.office = Office(self.store)  # type: ignore[arg-type]  # a store instead of its URL
        self.ids = [self.office.issued(member) for member in range(1, 9)]
        self.statements: list[str] = []
        self.batches: list[Batch] = []
        append = self.store.append

        def seen(batch: Batch) -> None:
            self.batches.append(batch)
            append(batch)

        self.store.append = seen  # type: ignore[method-assign]

    def watch(self) -> None:
        for link in (self.store._writer, *self.store._idle):
            link.connection.set_trace_callback(self._heard)

    def _heard(self, statement: str) -> None:
        # What a savepoint or a trigger adds is told as a comment.
        if not statement.startswith("--"):
            self.statements.append(statement.split(maxsplit=1)[0])

    def submit(self, number: int) -> Any:
        id = self.ids[number - 1]
        return self.office.residence.execute(Submit(id, f"{number}/GT"))


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Counting]:
    counting = Counting(tmp_path)
    counting.submit(1)
    counting.batches.clear()
    counting.watch()
    yield counting
    counting.office.flow.close()


def test_a_command_is_one_read_and_one_transaction(counting: Counting) -> None:
    counting.submit(2)
    reads = [s for s in counting.statements if s == "SELECT"]
    ends = [s for s in counting.statements if s in ("BEGIN", "COMMIT")]
    assert (len(reads), ends) == (1, ["BEGIN", "COMMIT"])


def test_a_command_writes_each_of_its_rows_with_one_statement(counting: Counting) -> None:
    counting.submit(2)
    (batch,) = counting.batches
    rows = sum(
        len(part)
        for part in (
            batch.commands,
            batch.streams,
            batch.events,
            batch.words,
            batch.free,
            batch.take,
            batch.cancel,
            batch.timers,
            batch.withdraw,
            batch.outbox,
        )
    )
    assert (len(batch.commands), len(batch.streams), len(batch.events)) == (1, 1, 1)
    writes = [s for s in counting.statements if s in ("INSERT", "UPDATE", "DELETE")]
    assert len(writes) == rows == 10


def test_a_batch_reads_no_more_often_than_a_command(counting: Counting) -> None:
    commands = [Submit(id, f"{n}/GT") for n, id in enumerate(counting.ids[1:], 2)]
    assert counting.office.residence.execute_many(commands).done == 7
    assert counting.statements.count("SELECT") == 1
    assert counting.statements.count("COMMIT") == 1


def test_nothing_is_kept_of_a_command_that_was_done(counting: Counting) -> None:
    counting.submit(2)
    gc.collect()
    before = sys.getallocatedblocks()
    for number in range(3, 9):
        counting.submit(number)
    counting.batches.clear()
    counting.statements.clear()
    gc.collect()
    assert sys.getallocatedblocks() - before < 200


def test_a_command_leaves_nothing_to_the_garbage_collector(counting: Counting) -> None:
    counting.submit(2)
    gc.collect()
    gc.disable()
    try:
        for number in range(3, 9):
            counting.submit(number)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_commands_without_an_id_of_their_own_lie_side_by_side(counting: Counting) -> None:
    began = time.time_ns() // 1_000_000
    for number in range(2, 9):
        counting.submit(number)
    times = [int.from_bytes(batch.commands[0].id[:6], "big") for batch in counting.batches]
    assert times == sorted(times)
    assert began <= times[0] <= times[-1] <= time.time_ns() // 1_000_000


def test_a_command_needs_little_memory_while_it_is_done(counting: Counting) -> None:
    counting.submit(2)
    tracemalloc.start()
    counting.submit(3)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000


def _modules_after(code: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(told.stdout.split())


def test_importing_the_library_loads_next_to_nothing() -> None:
    ours = _modules_after("import referral_flow") - _modules_after("pass")
    assert {name for name in ours if name.startswith("referral_flow")} == {"referral_flow"}


_OPEN = (
    "from referral_flow import ReferralFlow; from referral_flow.plugin_host import Choice;"
    " ReferralFlow.open('memory:', plugins=Choice.NONE)"
)


def test_opening_a_flow_loads_only_what_it_needs() -> None:
    opened = _modules_after(_OPEN)
    for name in ("transitions", "asyncio", "cyclopts", "rich", "openpyxl", "smtplib", "pytest"):
        assert name not in opened
    for name in (
        "attrs",
        "difflib",
        "importlib.metadata",
        "logging",
        "pathlib",
        "sqlite3",
        "tomllib",
    ):
        assert name not in opened
    loaded = opened - _modules_after("pass")
    assert len(loaded) < 225
    assert sum(name.startswith("referral_flow") for name in loaded) < 120


def test_opening_a_flow_compiles_hardly_any_text() -> None:
    counted = (
        "import sys; texts = []; "
        "sys.addaudithook(lambda event, given: texts.append(given)"
        " if event == 'compile' and str(given[1]).startswith('<') else None); "
    )
    told = subprocess.run(
        [sys.executable, "-c", f"{counted}{_OPEN}; print(len(texts))"],
        check=True,
        capture_output=True,
        text=True,
    )
    # A class that is written out, and an annotation that is text, are compiled at each start.
    assert 0 < int(told.stdout) < 70
