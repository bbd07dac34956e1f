"""What is said of a command and its options on the help page, and an example of its use."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from referral_flow.cli.roles import EXAMPLES
from referral_flow.cli.usage import PROGRAM, typed
from referral_flow.domain.people import Role
from referral_flow.words import say, table

if TYPE_CHECKING:
    from referral_flow.cli.asks import Asks
    from referral_flow.cli.fields import Option

_SAMPLES = {"DATE": "2013-03-01", "ISO": "2013-03-20T19:30", "N": "1"}


def help_of(asks: Asks, language: str) -> str:
    """Give what a command is for, its parts and an example, as paragraphs."""
    name = say("command", asks.name, language)
    roles = say("cli", "help_roles", language, {"roles": asks.roles})
    example = say("cli", "help_example", language, {"example": example_of(asks, language)})
    return "\n\n".join((f"{name}. {roles}", example))


def usage_of(asks: Asks) -> str:
    """Give how a command is written: what it needs, then the rest."""
    needed = [f"{o.name} {o.form}" for o in asks.options if o.required]
    parts = (PROGRAM, typed(asks.name), asks.form, *needed, "[OPTIONS]")
    return " ".join(part for part in parts if part)


def hint_of(option: Option, command: str, language: str) -> str:
    """Give what an option is; by the words of the command, of any, or by its name."""
    known = table(language)["field"]
    keys = (f"{command}.{option.key}", option.key)
    said = next((known[key] for key in keys if key in known), None) or _label(option, language)
    if option.required:
        return say("cli", "hint_required", language, {"hint": said})
    return say("cli", "hint_many", language, {"hint": said}) if option.many else said


def stream_hint(field: str, language: str) -> str:
    """Give what the argument is that names a stream."""
    known = table(language)["field"]
    return known.get(f"the_{field}") or say("cli", "hint_stream", language, {"field": field})


def example_of(asks: Asks, language: str) -> str:
    """Give a command line that could be typed: what is needed, and who may."""
    samples = table(language)["sample"]
    parts = [PROGRAM, typed(asks.name), asks.form]
    for option in asks.options:
        key = f"{asks.name}.{option.key}"
        if option.required or key in samples or (option.many and len(option.path) == 1):
            sample = samples.get(key) or samples.get(option.key) or _SAMPLES.get(option.form)
            parts += [option.name, quote(sample or _first(option.form))]
    if not asks.by_operator:
        parts += ["--as", EXAMPLES[Role(asks.roles[0])]]
    return " ".join(filter(None, parts))


def _first(form: str) -> str:
    return form.partition("|")[0] if "|" in form else form


def _label(option: Option, language: str) -> str:
    """Give the label that answers bear, or the name of the field as words."""
    known = table(language)["cli"]
    for key in (f"field_{option.key}", f"field_{option.path[-1]}"):
        if key in known:
            return f"{known[key]}."
    return f"{option.key.replace('_', ' ').capitalize()}."
