"""What a command works with: a flow that is open, who asks, and where the answer goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from referral_flow.cli.moments import ZONE, moment_of
from referral_flow.cli.options import Common
from referral_flow.cli.output import Output
from referral_flow.cli.roles import actor_of
from referral_flow.cli.usage import WrongUsage
from referral_flow.domain.people import Role
from referral_flow.engine.actor import Actor

if TYPE_CHECKING:
    from referral_flow.application.desk import Desk
    from referral_flow.application.flow import ReferralFlow
    from referral_flow.ports import Clock


ENVIRONMENT = "REFERRAL_FLOW_STORE"


class Work:
    """One command at work."""

    def __init__(self, flow: ReferralFlow, actor: Actor, out: Output, clock: Clock) -> None:
        self.flow = flow
        self.actor = actor
        self.out = out
        self.now = clock()

    @cached_property
    def desk(self) -> Desk:
        """Give the desk of who asks."""
        return self.flow.acting_as(self.actor)

    @property
    def today(self) -> date:
        """Give the day of now."""
        return self.local(self.now).date()

    def local(self, moment: datetime) -> datetime:
        """Give a moment as clocks show it here."""
        return moment.astimezone(ZONE)


def clock_of(common: Common) -> Clock:
    """Give the clock: a moment that was given, or this machine's."""
    from referral_flow.application.flow import wall_clock

    now = moment_of(common.now, "--now")
    return wall_clock if now is None else lambda: now


@contextmanager
def opened(common: Common, role: Role | None = None) -> Iterator[Work]:
    """Open what a command works with; `role` is that of who asks, where none is given.

    Raises WrongUsage, and the errors of opening a flow.
    """
    actor = actor_of(common.as_, role)
    clock = clock_of(common)
    url = common.store or os.environ.get(ENVIRONMENT)
    if not url:
        raise WrongUsage("store_needed", variable=ENVIRONMENT)
    out = Output(common.lang, common.json)
    _must_be_there(url, out)
    with flow_of(url, clock, common.lang) as flow:
        yield Work(flow, actor, out, clock)


def flow_of(url: str, clock: Clock, language: str) -> ReferralFlow:
    """Open the flow over a store; it is made where there is none."""
    from referral_flow.application.flow import ReferralFlow

    return ReferralFlow.open(url, clock=clock, language=language, zone=ZONE.key)


def only_the_operator(work: Work) -> None:
    """Refuse a role that does not run the installation; raises Refused."""
    from referral_flow.engine.refusal import NOT_PERMITTED
    from referral_flow.errors import Refused

    if work.actor.role != Role.OPERATOR:
        raise Refused((NOT_PERMITTED,))


def _must_be_there(url: str, out: Output) -> None:
    """Refuse a file that is not there: opening it would make an empty store of a misspelt path."""
    if not url.lower().startswith("sqlite:"):
        return
    from referral_flow.errors import StoreMissing
    from referral_flow.stores.sqlite_opening import check_place, parse

    path = parse(url).path
    check_place(path)
    if not path.exists():
        raise StoreMissing(path=str(path), problem=out.word("no_such_file"))
