"""Say what may be done now, before anybody tries."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from attrs import frozen

from referral_flow.engine.at import At
from referral_flow.engine.command import name_of
from referral_flow.engine.judge import asked
from referral_flow.engine.lifecycle import Lifecycle, Row
from referral_flow.engine.refusal import NOT_PERMITTED, Refusal


class Verdict(StrEnum):
    """Whether a command may be done."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    DEPENDS = "depends"


@frozen
class Possibility:
    """One command in the present state.

    When it depends, `depends_on` names the fields of the command that will be judged.
    `leads_to` are the states it may lead to; none leaves the state unchanged.
    """

    command: str
    verdict: Verdict
    refusals: tuple[Refusal, ...] = ()
    depends_on: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()


def possibility(
    lifecycle: Lifecycle, row: Row, state: Any, at: At[Any, Any], permitted: bool
) -> Possibility:
    """Say whether the command of `row` may be done, as far as the stream alone tells."""
    refusals = tuple(asked(row, state, at))
    if not permitted:
        refusals = (NOT_PERMITTED, *refusals)
    verdict = Verdict.ALLOWED
    if refusals:
        verdict = Verdict.REFUSED
    elif row.transition.guards or row.further:
        verdict = Verdict.DEPENDS
    return Possibility(
        name_of(row.command),
        verdict,
        refusals,
        row.depends_on if verdict is Verdict.DEPENDS else (),
        lifecycle.targets(row.transition),
    )
