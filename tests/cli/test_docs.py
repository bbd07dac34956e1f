"""The page about the command line: every example is what is written today."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from referral_flow.cli.run import COMMANDS
from tests.cli.conftest import Run

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
PROGRAM = "$ referral-flow "
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
NEEDS_A_FILE = {"import", "adopt"}
"""Commands that read what a reader must have first."""
MADE = {
    "$REFERRAL": re.compile(rf"(?:referral|hồ sơ) ({ID.pattern})"),
    "$GROUP": re.compile(rf"(?:group |nhóm |\()({ID.pattern})"),
    "$MEETING": re.compile(rf"(?:meeting|buổi) ({ID.pattern})"),
}
"""What a reader puts into variables, and where it stands in an answer."""


def examples() -> list[tuple[str, list[str]]]:
    """Give each command of the page, and the lines that it is said to write."""
    blocks = re.findall(
        r"^```console\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    split = (block.splitlines() for block in blocks if block.startswith(PROGRAM))
    return [(command.removeprefix(PROGRAM), lines) for command, *lines in split]


def test_every_command_that_looks_or_looks_after_has_an_example() -> None:
    assert {command.split()[0] for command, _ in examples()} >= set(COMMANDS) - NEEDS_A_FILE


def test_every_example_is_what_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    overdue = ""
    made: dict[str, str] = {}
    for command, lines in examples():
        asked = ID.sub(overdue, command)
        for variable, id in made.items():
            asked = asked.replace(variable, id)
        told = run(*shlex.split(asked), now=None)
        written = (told.out + told.err).replace(str(tmp_path), "/srv")
        shown = [ID.sub("an id", line) for line in written.splitlines()]
        for line in lines:
            assert line == "…" or ID.sub("an id", line) in shown, f"{command}\n{written}"
        if "…" not in lines:
            assert len(lines) == len(shown), command
        if command.startswith("demo"):
            where = ("--store", "sqlite:///demo.db", "--as", "superior:s-01")
            overdue = run("list", *where, "--overdue", "--json").json["items"][0]["id"]
        found = {variable: pattern.search(written) for variable, pattern in MADE.items()}
        made |= {variable: match[1] for variable, match in found.items() if match}
