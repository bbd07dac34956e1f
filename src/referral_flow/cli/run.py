"""Read a command line, do what it asks, and give the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App
from cyclopts.exceptions import CycloptsError

from referral_flow import __version__
from referral_flow.cli.asked import Asked
from referral_flow.cli.failing import DONE, INTERRUPTED, complain, tell
from referral_flow.cli.help_page import HelpPage
from referral_flow.cli.usage import PROGRAM, WrongUsage, nearest, usage_of
from referral_flow.errors import ReferralFlowError
from referral_flow.words import LANGUAGES, say

COMMANDS = {
    "demo": "demo:demo",
    "report": "report:report",
    "list": "listing:list_",
    "show": "show:show",
    "history": "history:history",
    "explain": "explain:explain",
    "worklist": "worklist:worklist",
    "tick": "timers:tick",
    "deliver": "messages:deliver",
    "verify": "audit:verify",
    "diagram": "lifecycle:diagram",
    "plugins": "plugins:plugins",
}
"""Every command with the module and function that is imported when it is asked for."""


def run(given: Sequence[str]) -> int:
    """Run one command."""
    _write_what_cannot_be_encoded_as_codes()
    asked = Asked.of(given)
    try:
        return _run(asked)
    except (ReferralFlowError, WrongUsage) as error:
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
        code = make_app(asked.language)(
            asked.arguments,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        sys.stdout.flush()
    except CycloptsError as error:
        raise usage_of(error, COMMANDS) from None
    return DONE if code is None else int(code)


def make_app(language: str) -> App:
    """Make the command line, with its help in `language`."""
    app = App(
        name=PROGRAM,
        help="\n\n".join(say("cli", code, language) for code in ("help_root", "help_start")),
        help_format="plaintext",
        help_formatter=HelpPage(language),
        version=f"{PROGRAM} {__version__}",
        suppress_keyboard_interrupt=False,
    )
    for place, (name, where) in enumerate(COMMANDS.items()):
        help_ = say("cli", f"help_{name}", language)
        app.command(f"{__package__}.{where}", name=name, help=help_, sort_key=place)
    return app


def _write_what_cannot_be_encoded_as_codes() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
