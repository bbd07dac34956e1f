"""That everything that the command line may say has words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from referral_flow import cli
from referral_flow.cli.kinds import KINDS
from referral_flow.cli.output import clean
from referral_flow.cli.run import COMMANDS
from referral_flow.engine.record import fields_of
from referral_flow.words import LANGUAGES, table

SOURCE = "\n".join(
    file.read_text(encoding="utf-8") for file in sorted(Path(cli.__file__).parent.glob("*.py"))
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_is_asked_for_is_there(language: str) -> None:
    words = table(language)
    asked = re.findall(r'\bword\(\s*"(\w+)"(?:, "(\w+)")?', SOURCE)
    asked += [(code, "") for code in re.findall(r'WrongUsage\(\s*"(\w+)"', SOURCE)]
    assert len(asked) > 50
    for code, section in asked:
        assert code in words[section or "cli"], code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_help(language: str) -> None:
    assert {f"help_{name}" for name in COMMANDS} <= table(language)["cli"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_on_which_a_verdict_depends_has_a_name(language: str) -> None:
    rows = (row for process in KINDS.values() for row in process.lifecycle.table.values())
    fields = {f"field_{name}" for row in rows for name in row.unhindered.depends_on}
    assert fields <= table(language)["cli"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_an_event_is_told_or_left_out_on_purpose(language: str) -> None:
    left_out = {"cycle", "rule_set", "introduce", "referral", "by", "key", "row"}
    events = (event for process in KINDS.values() for event in process.events.values())
    fields = {field.name for event in events for field in fields_of(event)}
    told = {f"detail_{name}" for name in fields - left_out}
    assert told <= table(language)["cli"].keys()


def test_signs_that_move_a_cursor_are_never_written() -> None:
    assert clean("An\x1b[2J\u202e\nBình") == "An [2J  Bình"
