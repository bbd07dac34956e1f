"""The help page: cyclopts knows the commands and options, the words are ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from referral_flow.cli.output import Column, Output
from referral_flow.cli.usage import untyped
from referral_flow.words import table

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel

RECORDING = "recording"
"""The group of the commands of the library, beside those that look and look after."""

_CYCLOPTS = ("--help", "--version")
"""What cyclopts explains itself, in English only."""


class HelpPage:
    """A formatter for cyclopts that writes two columns in a language, without boxes."""

    def __init__(self, language: str) -> None:
        self._out = Output(language)

    def __call__(self, console: Any, options: Any, panel: HelpPanel) -> None:  # noqa: ARG002
        """Write the commands, or the options of one."""
        out = self._out
        entries = [entry for entry in panel.entries if entry.display_labels]
        if entries:
            heading = _heading(entries[0], panel)
            out.line()
            out.heading(f"{out.word(heading)}:")
            columns = (Column(whole=True), Column())
            out.table(columns, (self._row(entry, panel.format) for entry in entries))

    def render_usage(self, _console: Any, _options: Any, usage: Any) -> None:
        """Write how the command is written."""
        self._out.line(f"{self._out.word('help_usage')}: {str(usage).strip()}")

    def render_description(self, _console: Any, _options: Any, description: Any) -> None:
        """Write what the command is for."""
        self._out.line()
        for line in str(description.primary_renderable).splitlines():
            self._out.line(line)

    def _row(self, entry: HelpEntry, kind: str) -> tuple[str, str]:
        label = ", ".join(entry.display_labels_with_metavar)
        name = (entry.positional_label or entry.names[0]).lower()
        if kind == "command" and not name.startswith("-"):
            return f"  {label}", self._of_command(name)
        # What a command asks for brings its words; the options of all are known here.
        own = f"option_{name.lstrip('-')}"
        said = "" if name in _CYCLOPTS else _plain(entry.description)
        said = said or self._out.word(own)
        return f"  {label}", said

    def _of_command(self, name: str) -> str:
        out = self._out
        if f"help_{name}" in table(out.language)["cli"]:
            return out.word(f"help_{name}")
        return out.word(untyped(name), "command")


def _heading(entry: HelpEntry, panel: HelpPanel) -> str:
    if panel.format == "command":
        return f"help_{panel.title}" if panel.title == RECORDING else "help_commands"
    return "help_arguments" if entry.positional_label else "help_options"


def _plain(described: Any) -> str:
    """Give the words of an entry without the form in which cyclopts keeps them."""
    return str(getattr(described, "primary_renderable", described) or "").strip()
