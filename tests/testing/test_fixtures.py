"""The fixtures for who embeds the library, as they import them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from referral_flow import Actor, CommitteeKind, Paper, ReferralFlow, Role
from referral_flow.commands import AddCommittee, AddMember, Issue
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.testing.clocks import MovableClock
from referral_flow.testing.fixtures import clock, flow, recorder

__all__ = ["clock", "flow", "recorder"]


def test_what_a_flow_tells_is_recorded_by_its_clock(
    flow: ReferralFlow,
    clock: MovableClock,
    recorder: RecordingNotifier,
) -> None:
    register = flow.acting_as(Actor("u-0", Role.OPERATOR))
    register.execute(AddCommittee("w-1", CommitteeKind.WORKPLACE, "Cơ quan"))
    register.execute(AddCommittee("r-1", CommitteeKind.RESIDENCE, "Phường"))
    register.execute(AddMember("m-1", "w-1", "Đồng chí số 1"))
    office = flow.acting_as(Actor("u-1", Role.WORKPLACE, "w-1"))
    done = office.execute(Issue("m-1", "r-1", Paper("15/GT", clock().date())))
    assert office.history(done.stream)[0].recorded_at == clock()
    flow.deliver()
    assert [told.kind for told, _ in recorder.sent] == ["paper_issued", "paper_to_expect"]


def test_installing_the_library_adds_no_fixture(tmp_path: Path) -> None:
    test = tmp_path / "test_theirs.py"
    test.write_text("def test_theirs(flow): ...\n", "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "fixture 'flow' not found" in ran.stdout
