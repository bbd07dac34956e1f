"""Where an answer goes: to standard output, as words in columns or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from referral_flow.words import say, shown

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_UNBOUND = 100_000
"""Columns of a pipe: one row is one line there, whatever its length."""
_GAP = 2


@frozen
class Column:
    """A column: `right` for numbers, `whole` for what must not be broken over lines.

    `least` is the width that it never falls below.
    """

    head: str = ""
    right: bool = False
    whole: bool = False
    least: int | None = None


class Output:
    """The answer of one command; nothing else is written to standard output."""

    def __init__(self, language: str, as_json: bool = False) -> None:
        self.language = language
        self.as_json = as_json

    def word(self, code: str, section: str = "cli", /, **data: Any) -> str:
        """Give the words for `code`."""
        return say(section, code, self.language, data)

    def shown(self, value: Any) -> str:
        """Write a number, a day or a moment as people write it."""
        return shown(value, self.language)

    @property
    def on_terminal(self) -> bool:
        """Say whether somebody looks at it, in a window of a certain width."""
        return sys.stdout.isatty()

    def json(self, answer: Mapping[str, Any]) -> None:
        """Write an answer as JSON."""
        print(as_json(answer, indent=2))

    def counts(self, what: str, numbers: Mapping[str, int]) -> None:
        """Write what became of many things, as `what` names them."""
        if self.as_json:
            self.json(numbers)
        else:
            rows = ((self.word(f"{what}_{how}"), self.shown(n)) for how, n in numbers.items())
            self.table((Column(), Column(right=True)), rows)

    def line(self, text: str = "") -> None:
        """Write a line, broken where the terminal ends."""
        from rich.text import Text

        self.write(Text(clean(text)))

    def heading(self, text: str) -> None:
        """Write a line that stands out."""
        from rich.text import Text

        self.write(Text(clean(text), style="bold"))

    def block(self, text: str) -> None:
        """Write lines as they are."""
        print(text.rstrip("\n"))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Write rows in columns; with heads, if the columns have some."""
        from rich.table import Table
        from rich.text import Text

        table = Table(
            box=None,
            show_header=any(column.head for column in columns),
            header_style="bold",
            padding=(0, _GAP, 0, 0),
            pad_edge=False,
        )
        for column in columns:
            table.add_column(
                column.head,
                justify="right" if column.right else "left",
                no_wrap=column.whole,
                min_width=column.least,
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(Text("\n".join(map(clean, cell.split("\n")))) for cell in row))
        self.write(table)

    def write(self, what: RenderableType) -> None:
        """Write what rich can show, without the spaces at the ends of lines."""
        console = self._console()
        with console.capture() as written:
            console.print(what)
        for line in written.get().removesuffix("\n").split("\n"):
            print(line.rstrip())

    def _console(self) -> Console:
        from rich.console import Console

        return Console(
            width=None if self.on_terminal else _UNBOUND,
            highlight=False,
            markup=False,
            emoji=False,
            force_terminal=self.on_terminal,
        )


def as_json(answer: Any, indent: int | None = None) -> str:
    """Write plain values, dates, states and attrs classes as JSON."""
    import msgspec

    plain = msgspec.to_builtins(answer, str_keys=True, enc_hook=str)
    return json.dumps(plain, ensure_ascii=False, indent=indent)


def clean(text: str) -> str:
    """Give text without signs that move a cursor or turn the direction of writing."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
