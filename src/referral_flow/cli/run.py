"""Read a command line, do what it asks, and give the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence

from cyclopts import App, Group
from cyclopts.exceptions import CycloptsError

from referral_flow import __version__
from referral_flow.cli.asked import Asked
from referral_flow.cli.failing import DONE, INTERRUPTED, complain, tell
from referral_flow.cli.help_page import RECORDING, HelpPage
from referral_flow.cli.usage import (
    PROGRAM,
    WrongUsage,
    WrongValues,
    nearest,
    typed,
    untyped,
    usage_of,
)
from referral_flow.errors import ReferralFlowError
from referral_flow.words import LANGUAGES, say, table

COMMANDS = {
    "demo": "demo:demo",
    "report": "report:report",
    "list": "listing:list_",
    "show": "show:show",
    "history": "history:history",
    "explain": "explain:explain",
    "worklist": "worklist:worklist",
    "import": "roster:import_",
    "adopt": "roster:adopt",
    "undo": "undoing:undo",
    "tick": "timers:tick",
    "deliver": "messages:deliver",
    "dead-letters": "letters:dead_letters",
    "verify": "audit:verify",
    "status": "status:status",
    "migrate": "migrate:migrate",
    "policy": "policy:policy",
    "diagram": "lifecycle:diagram",
    "plugins": "plugins:plugins",
    "completion": "completion:completion",
}
"""Every command with the module and function that is imported when it is asked for."""

EXAMPLES = {
    "demo": "demo --store sqlite:///demo.db",
    "report": "report --scope s-1 --on 2013-12-31",
    "list": "list --state issued --overdue --as residence:r-7",
    "show": "show m-1 --as operator",
    "history": "history REFERRAL --as workplace:w-2",
    "explain": "explain REFERRAL --as residence:r-7",
    "worklist": "worklist --as residence:r-7",
    "import": "import roster.xlsx --dry-run --faults faults.xlsx",
    "adopt": "adopt referrals.xlsx --dry-run --faults faults.xlsx",
    "undo": "undo BATCH --dry-run",
    "tick": "tick --dry-run",
    "dead-letters": "dead-letters drop LETTER --reason TEXT",
    "diagram": "diagram group --format dot",
    "status": "status --max-outbox-age 2h",
    "migrate": "migrate --plan",
    "policy": "policy show directive-22-1999",
    "plugins": "plugins check NAME --url URL",
    "completion": "completion bash",
}
"""A use of each command whose name alone shows too little."""

BEHIND = ("note_", "tell_", "join", "leave", "issue_onward")
"""How the names begin of those commands that only rows, timers and the delivery give.

Every other one in the words is on the command line. Written out, because the help page
would have to load every lifecycle to learn it; a test compares it with them.
"""


def recorded(language: str) -> tuple[str, ...]:
    """Give the names of the commands of the library, as they are typed."""
    names = (name for name in table(language)["command"] if not name.startswith(BEHIND))
    return tuple(map(typed, names))


def run(given: Sequence[str]) -> int:
    """Run one command."""
    _write_what_cannot_be_encoded_as_codes()
    asked = Asked.of(given)
    try:
        return _run(asked)
    except (ReferralFlowError, WrongUsage, WrongValues) as error:
        return tell(error, asked.language, asked.json)
    except KeyboardInterrupt:
        complain(say("cli", "interrupted", asked.language))
        return INTERRUPTED
    except BrokenPipeError:
        # Who read the answer has seen enough. Python would write the rest when it ends.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        return DONE


def _run(asked: Asked) -> int:
    if asked.wrong is not None:
        near = nearest(asked.wrong, LANGUAGES)
        raise WrongUsage("wrong_language", given=asked.wrong, near=near, known=LANGUAGES)
    try:
        code = make_app(asked.language, asked.arguments)(
            asked.arguments,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        sys.stdout.flush()
    except CycloptsError as error:
        raise usage_of(error, (*COMMANDS, *recorded(asked.language))) from None
    return DONE if code is None else int(code)


def make_app(language: str, asked: Collection[str]) -> App:
    """Make the command line, with its help in `language`.

    Of the commands of the library only those that are `asked` for are made whole.
    """
    app = App(
        name=PROGRAM,
        help="\n\n".join(say("cli", code, language) for code in ("help_root", "help_start")),
        help_format="plaintext",
        help_formatter=HelpPage(language),
        version=f"{PROGRAM} {__version__}",
        suppress_keyboard_interrupt=False,
    )
    for place, (name, where) in enumerate(COMMANDS.items()):
        app.command(
            f"{__package__}.{where}", name=name, help=_help_of(name, language), sort_key=place
        )
    group = Group(RECORDING, sort_key=1)
    for place, name in enumerate(recorded(language)):
        if name in asked:
            _add_whole(app, name, language)
        else:
            app.command(f"{__package__}.recording:unasked", name=name, group=group, sort_key=place)
    return app


def _help_of(name: str, language: str) -> str:
    """Give what a command is for, and an example."""
    example = EXAMPLES.get(name, name)
    example = say("cli", "help_example", language, {"example": f"{PROGRAM} {example}"})
    return f"{say('cli', f'help_{name}', language)}\n\n{example}"


def _add_whole(app: App, name: str, language: str) -> None:
    from referral_flow.cli.asks import asks_of
    from referral_flow.cli.hints import help_of, usage_of
    from referral_flow.cli.recording import function_of

    asks = asks_of(untyped(name))
    if asks is not None:
        usage = usage_of(asks)
        help_ = help_of(asks, language)
        app.command(function_of(asks, language), name=name, help=help_, usage=usage)


def _write_what_cannot_be_encoded_as_codes() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
