"""What is wrong with a command line, said in one line with the near match."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from cyclopts.exceptions import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from referral_flow.words import say

PROGRAM = "referral-flow"
_PASSWORD = re.compile(r"(?<=//)\S*@")


class WrongUsage(Exception):
    """Say that the command line cannot be understood; nothing was opened."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = {name: _without_password(value) for name, value in data.items()}

    def says(self, language: str) -> str:
        """Give the sentence in `language`."""
        return say("cli", self.code, language, self.data)


class WrongValues(Exception):
    """Say everything that is wrong with the values of one command, each on a line."""

    def __init__(self, problems: tuple[WrongUsage, ...]) -> None:
        super().__init__(*(problem.code for problem in problems))
        self.problems = problems


def _without_password(value: Any) -> Any:
    """Leave out who signs in, of an address that was typed in the wrong place."""
    return _PASSWORD.sub("…@", value) if isinstance(value, str) else value


def nearest(given: str, known: Iterable[str]) -> str:
    """Give what was probably meant, or nothing."""
    matches = get_close_matches(given.lower(), list(known), n=1)
    return matches[0] if matches else ""


def chosen(given: str, known: Iterable[str], option: str) -> str:
    """Give `given` if it is one of `known`; raises WrongUsage with the near match."""
    choices = tuple(known)
    if given not in choices:
        near = nearest(given, choices)
        raise WrongUsage("wrong_choice", given=given, option=option, near=near, known=choices)
    return given


def at_least_one(number: int | None, option: str) -> None:
    """Refuse a number below one; raises WrongUsage."""
    if number is not None and number < 1:
        raise WrongUsage("wrong_number", option=option, given=str(number))


def usage_of(error: CycloptsError, commands: Iterable[str]) -> WrongUsage:
    """Give what cyclopts found wrong in our words."""
    help_ = " ".join((PROGRAM, *(error.command_chain or ()), "--help"))
    match error:
        case UnknownCommandError(unused_tokens=[given, *_]):
            near = nearest(given, commands)
            return WrongUsage("wrong_command", given=given, near=near, help=f"{PROGRAM} --help")
        case UnknownOptionError(token=token, argument_collection=options):
            given = (token.keyword or token.value).partition("=")[0]
            near = nearest(given, (name for option in options for name in option.names))
            return WrongUsage("wrong_option", given=given, near=near, help=help_)
        case UnusedCliTokensError(unused_tokens=[given, *_]):
            return WrongUsage("too_many", given=given, help=help_)
        case RepeatArgumentError(token=token):
            return WrongUsage("given_twice", option=token.keyword or token.value)
        case MissingArgumentError(argument=argument) if argument is not None:
            option = error.keyword or argument.name
            return WrongUsage("value_needed", option=option, help=help_)
        case CoercionError(token=token, target_type=kind) if token is not None and kind is int:
            return WrongUsage("wrong_number", option=token.keyword or "", given=token.value)
    error.verbose = False
    return WrongUsage("wrong_usage", problem=" ".join(str(error).split()), help=help_)
