"""Rule sets: every parameter with its value, unit and source, and how two of them differ (S43)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Annotated, Any

from attrs import frozen
from cyclopts import Parameter

from referral_flow.cli.failing import DONE, FOUND
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.roles import actor_of
from referral_flow.cli.usage import WrongUsage, chosen
from referral_flow.domain.people import Role
from referral_flow.domain.rules import PACKAGED

_WHAT = ("show", "diff")
_TWO = 2


@frozen
class Setting:
    """One parameter of a rule set, as its file has it."""

    value: Any
    unit: str = ""
    source: str = ""


def policy(
    what: Annotated[str, Parameter(name="show|diff")] = "show",
    /,
    *names: Annotated[str, Parameter(name="RULE_SET")],
    common: Common = DEFAULT,
) -> int:
    """Show the parameters of a rule set, or how two differ; a difference makes the code 1."""
    actor_of(common.as_, Role.OPERATOR)
    chosen(what, _WHAT, "show|diff")
    out = Output(common.lang, common.json)
    texts = rule_sets()
    for name in names:
        chosen(name, texts, "RULE_SET")
    if what == "diff":
        if len(names) != _TWO:
            raise WrongUsage("two_rule_sets", known=tuple(texts))
        return _differ(names, texts, out)
    if len(names) > 1:
        raise WrongUsage("too_many", given=names[1], help="referral-flow policy --help")
    _show(names[0] if names else PACKAGED[0], texts, out)
    return DONE


def rule_sets() -> dict[str, str]:
    """Give the text of every rule set that ships or that a plugin brings, by name."""
    from referral_flow.plugin_host import PluginHost

    folder = files("referral_flow.domain.rules")
    found = {name: folder.joinpath(f"{name}.toml").read_text("utf-8") for name in PACKAGED}
    host = PluginHost()
    host.must_stand()
    return found | {name: text for name, (text, _) in host.rule_sets.items()}


def parameters(text: str) -> dict[str, Setting]:
    """Give every parameter of a rule set by its whole name, such as `submit.deadline`."""
    return dict(_found(tomllib.loads(text), ""))


def _found(section: Mapping[str, Any], under: str) -> Iterator[tuple[str, Setting]]:
    for key, value in section.items():
        name = f"{under}{key}"
        if isinstance(value, Mapping) and "value" not in value:
            yield from _found(value, f"{name}.")
        elif isinstance(value, Mapping):
            unit, source = value.get("unit", ""), value.get("source", "")
            yield name, Setting(value["value"], str(unit), str(source))
        elif under:
            yield name, Setting(value)


def _show(name: str, texts: Mapping[str, str], out: Output) -> None:
    citation = str(tomllib.loads(texts[name]).get("citation", ""))
    found = parameters(texts[name])
    if out.as_json:
        out.json({"name": name, "citation": citation, "parameters": found, "known": tuple(texts)})
        return
    out.heading(name)
    out.line(citation)
    out.line()
    columns = [Column(out.word(f"column_{c}"), whole=c == "parameter") for c in _COLUMNS]
    rows = ((key, out.shown(one.value), one.unit, one.source) for key, one in found.items())
    out.table(columns, rows)


_COLUMNS = ("parameter", "value", "unit", "source")


def _differ(names: tuple[str, ...], texts: Mapping[str, str], out: Output) -> int:
    first, second = (parameters(texts[name]) for name in names)
    missing = Setting(None)
    pairs = {key: (first.get(key, missing), second.get(key, missing)) for key in first | second}
    differing = {key: pair for key, pair in pairs.items() if pair[0].value != pair[1].value}
    if out.as_json:
        told = {k: {names[0]: a.value, names[1]: b.value} for k, (a, b) in differing.items()}
        out.json({"differing": told})
    elif differing:
        columns = (Column(out.word("column_parameter"), whole=True), *map(Column, names))
        out.table(
            columns,
            ((k, out.shown(a.value), out.shown(b.value)) for k, (a, b) in differing.items()),
        )
    else:
        out.line(out.word("no_difference"))
    return FOUND if differing else DONE
