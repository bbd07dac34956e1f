"""The help page: cyclopts knows the commands and options, the words are ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from referral_flow.cli.output import Column, Output

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel


class HelpPage:
    """A formatter for cyclopts that writes two columns in a language, without boxes."""

    def __init__(self, language: str) -> None:
        self._out = Output(language)

    def __call__(self, console: Any, options: Any, panel: HelpPanel) -> None:  # noqa: ARG002
        """Write the commands, or the options of one."""
        out = self._out
        entries = [entry for entry in panel.entries if entry.display_labels]
        if entries:
            heading = _heading(entries[0], panel.format)
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
        section = "help" if kind == "command" and not name.startswith("-") else "option"
        return f"  {label}", self._out.word(f"{section}_{name.lstrip('-')}")


def _heading(entry: HelpEntry, kind: str) -> str:
    if kind == "command":
        return "help_commands"
    return "help_arguments" if entry.positional_label else "help_options"
