"""What must be known before a command line is read: how to speak of what is wrong in it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from referral_flow.words import LANGUAGES

_WITH_VALUE = ("--store", "--as", "--lang", "--now", "--notifier")
_ALONE = ("--json",)


@frozen
class Asked:
    """The arguments with the command first, the language, and whether JSON is wanted.

    `wrong` is what was given as a language and is none; `language` is then the nearest one.
    """

    arguments: tuple[str, ...]
    language: str
    wrong: str | None
    json: bool

    @classmethod
    def of(cls, given: Sequence[str]) -> Asked:
        """Read the arguments; options of every command may stand before it, too."""
        asked = _language(list(given))
        language = asked if asked in LANGUAGES else _nearest(asked)
        wrong = None if asked == language else asked
        return cls(tuple(_command_first(list(given))), language, wrong, "--json" in given)


def _command_first(given: list[str]) -> list[str]:
    before: list[str] = []
    while given:
        name, equals, _ = given[0].partition("=")
        if name not in _WITH_VALUE and given[0] not in _ALONE:
            break
        width = 2 if name in _WITH_VALUE and not equals else 1
        before += given[:width]
        del given[:width]
    # Options alone ask for nothing: what may be asked for is shown.
    return [given[0], *before, *given[1:]] if given else []


def _language(arguments: list[str]) -> str:
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            asked = value if equals else "".join(arguments[place + 1 : place + 2])
            # Without a value it is the command line that is wrong, not the language.
            return LANGUAGES[0] if not asked or asked.startswith("-") else asked
    return LANGUAGES[0]


def _nearest(asked: str) -> str:
    """Give the language that was probably meant: its reader is told of the mistake."""
    return next((one for one in LANGUAGES if asked.lower().startswith(one)), LANGUAGES[0])
