"""How a command fails: the lines that are said on standard error, and the exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from referral_flow.cli.output import as_json, clean
from referral_flow.cli.usage import WrongUsage, WrongValues
from referral_flow.errors import (
    ConfigurationError,
    InvalidCommand,
    NoTransaction,
    OutcomeUnknown,
    ReferralFlowError,
    Refused,
    StoreError,
    UnknownScheme,
)
from referral_flow.words import say

if TYPE_CHECKING:
    from referral_flow.engine.refusal import Refusal

DONE, FOUND, WRONG, FAILED, INTERRUPTED = 0, 1, 2, 3, 130


def exit_code_of(error: ReferralFlowError | WrongUsage | WrongValues) -> int:
    """Give 1 for what was refused, 2 for wrong usage or set-up, 3 for a storage
    that fails or cannot be opened."""
    match error:
        case StoreError() | OutcomeUnknown() | UnknownScheme():
            return FAILED
        case (
            WrongUsage() | WrongValues() | ConfigurationError() | InvalidCommand() | NoTransaction()
        ):
            return WRONG
        case _:
            return FOUND


def tell(error: ReferralFlowError | WrongUsage | WrongValues, language: str, in_json: bool) -> int:
    """Say what went wrong, each reason on a line with its code; give the exit code."""
    if isinstance(error, WrongValues):
        _tell_values(error, language, in_json)
        return exit_code_of(error)
    if in_json:
        complain(as_json(_as_data(error, language)))
    elif isinstance(error, Refused) and error.refusals:
        for refusal in error.refusals:
            complain(f"{refusal.code}: {words_of(refusal, language)}")
    else:
        complain(f"{error.code}: {error.says(language)}")
    return exit_code_of(error)


def _tell_values(error: WrongValues, language: str, in_json: bool) -> None:
    if in_json:
        problems = [_as_data(problem, language) for problem in error.problems]
        message = " ".join(problem["message"] for problem in problems)
        told = {"error": "wrong_values", "message": message, "data": {}, "problems": problems}
        complain(as_json(told))
        return
    for problem in error.problems:
        complain(f"{problem.code}: {problem.says(language)}")


def complain(text: str) -> None:
    """Write a line to standard error."""
    print(clean(text), file=sys.stderr)


def words_of(refusal: Refusal, language: str) -> str:
    """Give a refusal in words."""
    return say("refusal", refusal.code, language, refusal.named())


def refusal_as_data(refusal: Refusal, language: str) -> dict[str, Any]:
    """Give a refusal as the same object that `Refused.refusals` has, with its words."""
    return {
        "code": refusal.code,
        "kind": refusal.kind,
        "data": dict(refusal.data),
        "missing": refusal.missing,
        "guard": refusal.guard,
        "words": words_of(refusal, language),
    }


def _as_data(error: ReferralFlowError | WrongUsage, language: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "error": error.code,
        "message": error.says(language),
        "data": dict(error.data),
    }
    if isinstance(error, Refused):
        told["refusals"] = [refusal_as_data(r, language) for r in error.refusals]
    return told
