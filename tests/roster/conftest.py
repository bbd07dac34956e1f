"""A store with a register, and the command line that imports into it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from referral_flow import Actor, CommitteeKind, Paper, ReferralFlow, Role
from referral_flow.commands import AddCommittee, AddMember, Issue, MarkNotIntroduced
from referral_flow.ports import StoreState
from tests.cli.told import Told
from tests.roster.made import NAMED, TWICE_NAMED

TODAY = "2014-06-02"
LONG_AGO = date(2012, 1, 2)

Run = Callable[..., Told]


@frozen
class Office:
    """A store of an installation, and what can be asked of it."""

    url: str
    run: Run

    def imports(self, file: Path, *options: str) -> Any:
        """Import a file and give the answer as data, with the exit code."""
        told = self.told(file, "--json", *options)
        assert told.out, told.err
        return {**told.json, "exit": told.code}

    def told(self, file: Path, *options: str) -> Told:
        return self.run("import", str(file), "--store", self.url, *options)

    def check(self) -> StoreState:
        with ReferralFlow.open(self.url) as flow:
            assert not flow.verify().faults
            return flow.check()

    def stopped_midway(self, sent: int, *asked: str) -> tuple[int, str]:
        """Send a command, in a process of its own, a signal once it has written 600 streams.

        Gives its exit code and what it said last.
        """
        command = [sys.executable, "-m", "referral_flow.cli", *asked]
        with ReferralFlow.open(self.url) as flow:
            before = flow.check().streams
            process = subprocess.Popen(
                [*command, "--store", self.url, "--now", TODAY],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            while process.poll() is None and flow.check().streams < before + 600:
                time.sleep(0.002)
        os.kill(process.pid, sent)
        _, said = process.communicate(timeout=60)
        return process.returncode, said

    def referrals(self) -> list[Any]:
        """Give all referrals, as the superior sees them."""
        with ReferralFlow.open(self.url) as flow:
            desk = flow.acting_as(Actor("u", Role.SUPERIOR, "s-1"))
            found: list[Any] = []
            after = None
            while True:
                page = desk.find(after=after, limit=500)
                found += page.items
                after = page.after
                if after is None:
                    return found

    def names(self, *ids: str) -> Any:
        with ReferralFlow.open(self.url) as flow:
            return flow.directory.names(ids, date(2014, 6, 2))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    from referral_flow.cli import main

    monkeypatch.delenv("REFERRAL_FLOW_STORE", raising=False)

    def run(*arguments: str, now: str | None = TODAY) -> Told:
        when = () if now is None else ("--now", now)
        capsys.readouterr()
        code = main([*arguments, *when])
        return Told(code, *capsys.readouterr())

    return run


@pytest.fixture
def empty(tmp_path: Path, run: Run) -> Office:
    """Give an installation without a single committee."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    ReferralFlow.open(url).close()
    return Office(url, run)


@pytest.fixture
def office(tmp_path: Path, run: Run) -> Office:
    """Give an installation with committees, and a few members who cause trouble."""
    url = f"sqlite:///{tmp_path / 'office.db'}"
    register(url)
    return Office(url, run)


def register(url: str) -> None:
    now = datetime(2014, 1, 2, 3, tzinfo=UTC)
    with ReferralFlow.open(url, clock=lambda: now) as flow:
        operator = flow.acting_as(Actor("u", Role.OPERATOR))
        above = AddCommittee("s-1", CommitteeKind.SUPERIOR, "Tỉnh ủy mẫu", on=LONG_AGO)
        at_work = [(f"w-{n}", CommitteeKind.WORKPLACE, f"Cơ quan mẫu {n}") for n in range(1, 6)]
        at_home = [(f"r-{n}", CommitteeKind.RESIDENCE, f"Phường mẫu {n}") for n in range(1, 10)]
        named = [
            ("r-named", CommitteeKind.RESIDENCE, NAMED),
            ("r-one", CommitteeKind.RESIDENCE, TWICE_NAMED),
            ("r-other", CommitteeKind.RESIDENCE, TWICE_NAMED),
        ]
        committees = [
            AddCommittee(id, kind, name, "s-1", on=LONG_AGO)
            for id, kind, name in (*at_work, *at_home, *named)
        ]
        people = [
            AddMember(id, "w-2", name, on=LONG_AGO)
            for id, name in (("k-1", "Khác"), ("k-2", "Khuất"), ("k-3", "Khởi"), ("k-4", "Khôi"))
        ]
        assert not operator.execute_many([above, *committees, *people]).refused
        desk = flow.acting_as(Actor("u", Role.WORKPLACE, "w-2"))
        desk.execute(MarkNotIntroduced("k-2"))
        desk.execute(Issue("k-3", "r-1", Paper("900/GT", date(2013, 12, 5)), on=date(2013, 12, 5)))
