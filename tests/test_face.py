"""The public face: few names, all of them there, loaded when they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import referral_flow
from referral_flow import commands


def test_the_front_door_has_at_most_fourteen_names_and_each_is_there() -> None:
    assert len(referral_flow.__all__) <= 14
    for name in referral_flow.__all__:
        assert getattr(referral_flow, name) is not None


def test_every_command_is_exported_and_belongs_to_a_process() -> None:
    from referral_flow import ReferralFlow

    with ReferralFlow.open("memory:") as flow:
        offered = {
            command.__name__
            for process in flow.processes.values()
            for command, rows in process.lifecycle.commands.items()
            if any(party.role != "system" for row in rows for party in row.by)
        }
    assert offered <= set(commands.__all__)


def test_a_name_that_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="Referal"):
        referral_flow.Referal  # noqa: B018


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import referral_flow", ("attrs", "msgspec", "pluggy", "transitions", "sqlite3")),
        ("import referral_flow.commands", ("transitions", "sqlite3", "pluggy")),
        (
            "from referral_flow import ReferralFlow; ReferralFlow.open('memory:')",
            ("transitions", "sqlite3", "asyncio"),
        ),
    ],
)
def test_importing_loads_only_what_is_used(code: str, absent: tuple[str, ...]) -> None:
    script = f"import sys; {code}; print([name for name in {absent} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
