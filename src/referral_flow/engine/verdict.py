"""What may be done with a stream, as it is told before anybody tries."""

from enum import StrEnum
from typing import NamedTuple

from referral_flow.engine.refusal import Refusal


class Verdict(StrEnum):
    """Whether a command may be done."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    DEPENDS = "depends"


class Possibility(NamedTuple):
    """One command in the present state.

    When it depends, `depends_on` names the fields of the command that will be judged.
    `leads_to` are the states it may lead to; none leaves the state unchanged.
    """

    command: str
    verdict: Verdict
    refusals: tuple[Refusal, ...] = ()
    depends_on: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()
