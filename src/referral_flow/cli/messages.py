"""Messages: send what is due."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from referral_flow.cli.failing import DONE, FAILED
from referral_flow.cli.notifying import (
    addresses_of,
    must_reach_people,
    notifiers_of,
    tell_of_others,
)
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.usage import at_least_one
from referral_flow.cli.work import only_the_operator, opened
from referral_flow.domain.people import Role
from referral_flow.engine.record import values_of


def deliver(
    *,
    limit: Annotated[int | None, Parameter(metavar="N")] = None,
    addresses: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    common: Common = DEFAULT,
) -> int:
    """Send the messages that are due; a dead letter makes the exit code 3."""
    at_least_one(limit, "--limit")
    notifiers, reached = notifiers_of(common.notifier), addresses_of(addresses)
    with opened(common, Role.OPERATOR, addresses=reached) as work, _log_on_standard_error():
        only_the_operator(work)
        must_reach_people(work.flow, notifiers, reached)
        delivered = work.flow.deliver(limit)
        work.out.counts("delivered", dict(values_of(delivered)))
        tell_of_others(work.flow, notifiers, work.out)
    return FAILED if delivered.parked else DONE


@contextmanager
def _log_on_standard_error() -> Iterator[None]:
    """Show what the notifier `log:` writes: on a command line nobody else does."""
    logger = logging.getLogger("referral_flow.notifiers.log")
    handler, level = logging.StreamHandler(sys.stderr), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
