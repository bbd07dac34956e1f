"""An import that is stopped on the way: what was acknowledged stays, and the next run goes on."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from referral_flow.ports import Batch
from referral_flow.roster.importing import CHUNK
from referral_flow.stores.sqlite import SqliteStore
from tests.roster.conftest import Office
from tests.roster.made import good, write_csv

ROWS = 4 * CHUNK


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_import_leaves_whole_rows_and_is_finished_by_the_next(
    office: Office, tmp_path: Path, sent: int
) -> None:
    file = write_csv(tmp_path / "r.csv", [good(number) for number in range(1, ROWS + 1)])
    code, said = office.stopped_midway(sent, "import", str(file))
    if sent == signal.SIGINT:
        assert code == 130
        assert "Chạy lại" in said
    came = len(office.referrals()) - 1
    assert 0 < came < ROWS, "it was not stopped on the way"
    # Each row is whole: as many members as papers, and nothing but the rest is missing.
    assert office.check().streams == 23 + 2 * came
    again = office.imports(file)
    assert (again["already"], again["issued"], again["exit"]) == (came, ROWS - came, 0)
    assert len(office.referrals()) == ROWS + 1


def test_what_is_said_when_it_is_stopped_is_what_was_committed(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_csv(tmp_path / "r.csv", [good(number) for number in range(1, CHUNK + 500)])
    append, calls = SqliteStore.append, 0

    def interrupted(store: SqliteStore, batch: Batch) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        append(store, batch)

    monkeypatch.setattr(SqliteStore, "append", interrupted)
    told = office.told(file)
    assert told.code == 130
    assert "1.000 dòng, 1.000 giấy" in told.err
    assert len(office.referrals()) == CHUNK + 1
