"""Lifecycles: their diagrams."""

from __future__ import annotations

from typing import Annotated, cast

from cyclopts import Parameter

from referral_flow.cli.failing import DONE
from referral_flow.cli.kinds import process_of, states_of
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Output
from referral_flow.cli.roles import actor_of
from referral_flow.cli.usage import chosen
from referral_flow.domain.people import Role
from referral_flow.engine.diagram import Style, draw

STYLES: tuple[Style, ...] = ("mermaid", "dot")


def diagram(
    kind: Annotated[str, Parameter(name="KIND")] = "referral",
    /,
    *,
    format: Annotated[str, Parameter(metavar="mermaid|dot")] = "mermaid",
    light: Annotated[str | None, Parameter(metavar="STATE")] = None,
    common: Common = DEFAULT,
) -> int:
    """Draw the lifecycle of a kind as text."""
    actor_of(common.as_, Role.OPERATOR)
    process = process_of(kind, "KIND")
    style = cast("Style", chosen(format, STYLES, "--format"))
    if light is not None:
        chosen(light, states_of(process), "--light")
    out = Output(common.lang, common.json)
    drawn = draw(process.lifecycle, style, light, common.lang)
    if out.as_json:
        out.json({"kind": kind, "format": style, "text": drawn})
    else:
        out.block(drawn)
    return DONE
