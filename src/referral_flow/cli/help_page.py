"""The help page: cyclopts knows the commands and options, the words are ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from referral_flow.words import say

if TYPE_CHECKING:
    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions


class HelpPage:
    """A formatter for cyclopts that writes two columns in a language, without boxes."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:  # noqa: ARG002
        """Write the commands, or the options of one."""
        from rich.table import Table
        from rich.text import Text

        entries = [entry for entry in panel.entries if entry.display_labels]
        if not entries:
            return
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column()
        for entry in entries:
            label = ", ".join(entry.display_labels_with_metavar)
            grid.add_row(Text(f"  {label}"), Text(self._description(entry, panel.format)))
        heading = "help_commands" if panel.format == "command" else "help_options"
        console.print(Text(f"{self._say(heading)}:", style="bold"))
        console.print(grid)
        console.print()

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:  # noqa: ARG002
        """Write how the command is written."""
        console.print(f"{self._say('help_usage')}: {str(usage).strip()}", markup=False)
        console.print()

    def render_description(
        self,
        console: Console,
        options: ConsoleOptions,  # noqa: ARG002
        description: Any,
    ) -> None:
        """Write what the command is for."""
        console.print(description)

    def _description(self, entry: HelpEntry, kind: str) -> str:
        name = (entry.positional_label or entry.names[0]).lower()
        section = "help" if kind == "command" and not name.startswith("-") else "option"
        return self._say(f"{section}_{name.lstrip('-')}")

    def _say(self, code: str) -> str:
        return say("cli", code, self.language)
