"""A store with a story, and the command line at work on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from referral_flow.commands import AddMember
from tests.cli.told import Story, Told
from tests.support.province import Province

Run = Callable[..., Told]

DAY = "2013-11-20"
"""The day on which the commands are run."""


@pytest.fixture(autouse=True)
def only_what_the_library_brings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the library as it is alone, whatever else is installed here."""
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: ())


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Tell a story of three members, and keep its store; it is only read."""
    file = tmp_path_factory.mktemp("story") / "referrals.db"
    return told_in(file)


@pytest.fixture
def own_story(tmp_path: Path) -> Story:
    """Tell the story in a store of the test's own."""
    return told_in(tmp_path / "own.db")


def told_in(file: Path) -> Story:
    url = f"sqlite:///{file}"
    here = Province(url, notifiers=("log:",))
    for id, name in (("x-1", "Đặng Văn Ân"), ("x-2", "Dương Thị Ẩn"), ("x-3", "Đặng Văn An")):
        here.operator.execute(AddMember(id, "w-1", name))
    waiting = here.an_issued("x-2")
    received = here.a_submitted("x-3")
    active = here.an_active("x-1")
    here.clock.go_to(date(2013, 11, 5))
    here.evaluate(active, "good", reason="Có báo cáo của nơi cũ.")
    here.classify(active, "good")
    group = here.group_of(active)
    here.flow.close()
    return Story(url, file, waiting, received, active, group)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line, on the day of the tests."""
    from referral_flow.cli import main

    monkeypatch.delenv("REFERRAL_FLOW_STORE", raising=False)

    def run(*arguments: str, now: str | None = DAY) -> Told:
        when = () if now is None else ("--now", now)
        capsys.readouterr()
        code = main([*arguments, *when])
        return Told(code, *capsys.readouterr())

    return run
