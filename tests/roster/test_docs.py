"""The page about importing: every example is what is written today."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from referral_flow.roster.faults import UnusableFile
from referral_flow.roster.headings import ADOPTION
from referral_flow.words import table
from tests.roster.conftest import Run

PAGE = Path(__file__).parents[2] / "docs" / "import.md"


def blocks() -> list[tuple[list[str], list[str]]]:
    """Give each command of the page, and the lines that it is said to write."""
    found = re.findall(
        r"^```console\n\$ (.*?)\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return [(shlex.split(command), written.splitlines()) for command, written in found]


def test_every_example_is_what_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for (program, *arguments), lines in blocks():
        if program == "cat":
            Path(arguments[0]).write_text("\n".join(lines) + "\n", "utf-8")
            continue
        told = run(*arguments, now=None)
        # A folder of the test stands for that of the page.
        written = (told.out + told.err).replace(str(tmp_path), "/srv").splitlines()
        for line in lines:
            assert line == "…" or line in written, f"{arguments}\n{told.out}{told.err}"
        if "…" not in lines:
            assert lines == written, arguments


def test_every_heading_that_the_page_names_is_understood() -> None:
    page = PAGE.read_text("utf-8")
    rows = re.findall(r'^\| (\w+(?:, \w+)?) \| (".*) \|$', page, re.MULTILINE)
    assert len(rows) == 11
    for columns, told in rows:
        for heading in re.findall(r'"([^"]+)"', told):
            assert ADOPTION.column_of(heading) in columns.split(", "), heading


def test_every_way_in_which_a_file_is_refused_stands_on_the_page() -> None:
    rows = re.findall(r"^\| .* \| (`.*`) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = set(re.findall(r"`(\w+)`", " ".join(rows)))
    # Addresses are another kind of file, read in the same room.
    others = {UnusableFile.code, "bad_addresses"}
    assert told == table("en")["roster_file"].keys() - others
