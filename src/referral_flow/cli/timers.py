"""Timers: fire what is due."""

from __future__ import annotations

from typing import Annotated

import attrs
from cyclopts import Parameter

from referral_flow.cli.failing import DONE, FAILED
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.usage import at_least_one
from referral_flow.cli.work import only_the_operator, opened
from referral_flow.domain.people import Role


def tick(
    *, limit: Annotated[int | None, Parameter(metavar="N")] = None, common: Common = DEFAULT
) -> int:
    """Fire the timers that are due; one that fails comes again, and the exit code is 3."""
    at_least_one(limit, "--limit")
    with opened(common, Role.OPERATOR) as work:
        only_the_operator(work)
        ticked = work.flow.tick(limit)
        work.out.counts("ticked", attrs.asdict(ticked))
    return FAILED if ticked.failed else DONE
