"""The completion scripts of the shells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from referral_flow.cli.run import COMMANDS, recorded
from tests.cli.conftest import Run

SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_knows_every_command_and_option(run: Run, shell: str) -> None:
    told = run("completion", shell, now=None)
    assert (told.code, told.err) == (0, "")
    for name in (*COMMANDS, *recorded("vi"), "paper-number", "expected-version", "known-as-of"):
        assert name in told.out
    assert run("completion", shell, "--json", now=None).json["shell"] == shell


@pytest.mark.parametrize("shell", [name for name in SHELLS if shutil.which(name)])
def test_the_shell_understands_it(run: Run, shell: str) -> None:
    """Every shell of this machine reads its own script; bash is on each that runs these tests."""
    program = str(shutil.which(shell))
    script = run("completion", shell, now=None).out
    checked = subprocess.run(
        [program, "-n"], input=script, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_it_is_put_where_the_shell_finds_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    told = run("completion", "fish", "--install", "--lang", "en", now=None)
    assert told.code == 0
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert f"Put at {file};" in told.out


def test_a_shell_that_is_not_known(run: Run) -> None:
    told = run("completion", "bahs", now=None)
    assert told.code == 2
    assert "Có phải là “bash”?" in told.line
