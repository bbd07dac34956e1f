"""That whatever may be told of a roster has words, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from referral_flow import roster
from referral_flow.roster.headings import COMMITTEES, ROSTER
from referral_flow.words import LANGUAGES, table

ROOM = Path(roster.__file__).parent
SOURCE = "\n".join(file.read_text("utf-8") for file in sorted(ROOM.glob("*.py")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str) -> None:
    words = table(language)
    files = set(re.findall(r'UnusableFile\(\s*"(\w+)"', SOURCE))
    cells = set(re.findall(r'(?:BadCell|Unread)\(\s*"(\w+)"', SOURCE))
    rows = set(re.findall(r'Fault\([^"]*?(?:"\w*", )?"(\w+)", (?:\{|data|days)', SOURCE))
    assert len(files) > 15
    assert len(cells | rows) > 25
    assert files <= words["roster_file"].keys()
    missing = {f"no_{column}" for columns in (ROSTER, COMMITTEES) for column in columns.required}
    assert (cells | missing) <= words["roster_fault"].keys()
    assert rows <= {*words["roster_fault"], *words["refusal"], *words["roster_column"]}
    assert words["roster_column"].keys() >= ROSTER.spellings.keys() | COMMITTEES.spellings.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_has_words_that_nothing_says(language: str) -> None:
    for section in ("roster_file", "roster_fault"):
        for code in table(language)[section]:
            assert f'"{code}"' in SOURCE or code.startswith("no_"), code
