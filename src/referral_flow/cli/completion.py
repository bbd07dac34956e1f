"""Completion for a shell: the script, or the script put where the shell finds it."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from cyclopts import Parameter

from referral_flow.cli.failing import DONE
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Output
from referral_flow.cli.usage import chosen

Shell = Literal["bash", "zsh", "fish"]
SHELLS: tuple[Shell, ...] = ("bash", "zsh", "fish")


def completion(
    shell: Annotated[str, Parameter(name="bash|zsh|fish")],
    /,
    *,
    install: Annotated[bool, Parameter(negative=())] = False,
    common: Common = DEFAULT,
) -> int:
    """Write the completion script of a shell, or install it for whoever asks."""
    from referral_flow.cli.run import make_app, recorded

    asked = cast("Shell", chosen(shell, SHELLS, "bash|zsh|fish"))
    out = Output(common.lang, common.json)
    app = make_app(common.lang, recorded(common.lang))
    if install:
        path = app.install_completion(shell=asked, add_to_startup=False)
        out.line(out.word("completion_installed", path=path))
    elif out.as_json:
        out.json({"shell": shell, "script": app.generate_completion(shell=asked)})
    else:
        out.block(app.generate_completion(shell=asked))
    return DONE
