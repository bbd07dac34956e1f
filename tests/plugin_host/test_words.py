"""Every fault of a plugin has words in both languages, and no words are kept for none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import referral_flow
from referral_flow.words import LANGUAGES, table

SOURCE = "\n".join(
    path.read_text("utf-8") for path in sorted(Path(referral_flow.__file__).parent.rglob("*.py"))
)
CODES = set(re.findall(r'\b(?:Unfit|PluginFault)\(\s*"(\w+)"', SOURCE)) | {
    "not_imported",
    "may_decide",
}
"""The last two are chosen between."""
DUE = set(re.findall(r'(?:wrong_type|_wrong)\([^()]*"(\w+)"\)', SOURCE))
DUE |= set(re.findall(r'"wanted": "(\w+)"', SOURCE)) | {"stores", "notifiers"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_every_fault_and_no_other(language: str) -> None:
    assert len(CODES) > 20
    assert set(table(language)["plugin_problem"]) == CODES


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_everything_that_is_due(language: str) -> None:
    assert set(table(language)["due"]) == DUE
