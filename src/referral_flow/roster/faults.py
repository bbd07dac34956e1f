"""What can be wrong: with the whole file, or with one row of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from referral_flow.errors import ReferralFlowError
from referral_flow.words import say


class UnusableFile(ReferralFlowError):
    """Say that a file cannot be read as a roster; nothing of it was imported."""

    code = "unusable_file"

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(**data)
        # Each kind has a code of its own, under which its sentence is kept.
        self.code = code  # type: ignore[misc]

    def says(self, language: str) -> str:
        """Give the sentence in `language`: what was found, and what to do."""
        return say("roster_file", self.code, language, self.data)


class BadCell(Exception):
    """Say that a cell cannot be used; `data` is what the sentence names."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


class Fault(NamedTuple):
    """What is wrong with one row: where, a stable code, and what its sentence names.

    `section` is where the words for the code are: those of rosters, or of refusals.
    """

    line: int
    column: str
    code: str
    data: Mapping[str, Any]
    section: str = "roster_fault"

    def says(self, language: str) -> str:
        """Give the sentence: what is wrong, and what to do."""
        return say(self.section, self.code, language, self.data)
