"""What a command works with: a flow that is open, who asks, and where the answer goes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from referral_flow.cli.failing import complain
from referral_flow.cli.moments import ZONE, moment_of
from referral_flow.cli.notifying import DEFAULT, notifiers_of
from referral_flow.cli.options import Common
from referral_flow.cli.output import Output
from referral_flow.cli.roles import actor_of
from referral_flow.cli.usage import WrongUsage
from referral_flow.domain.people import Role
from referral_flow.engine.actor import Actor

if TYPE_CHECKING:
    from pathlib import Path

    from referral_flow.application.desk import Desk
    from referral_flow.application.flow import ReferralFlow
    from referral_flow.plugin_host import PluginHost
    from referral_flow.ports import Addresses, Clock, Store


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
def opened(
    common: Common,
    role: Role | None = None,
    *,
    may_make: bool = False,
    asked_of: Sequence[str] = (Role.RESIDENCE,),
    addresses: Addresses | None = None,
) -> Iterator[Work]:
    """Open what a command works with; `role` is that of who asks, where none is given.

    `may_make` lets it make a store where there is none, and say so. `asked_of` are the
    roles that the command is for. Raises WrongUsage, and the errors of opening a flow.
    """
    actor = actor_of(common.as_, role, asked_of)
    clock = clock_of(common)
    out = Output(common.lang, common.json)
    url = url_of(common)
    if may_make and (path := missing_file(url)) is not None:
        complain(out.word("store_made", path=path))
    else:
        must_be_there(url, out)
    with flow_of(url, clock, common.lang, notifiers_of(common.notifier), addresses) as flow:
        yield Work(flow, actor, out, clock)


@contextmanager
def bare_store(
    common: Common, *, may_make: bool = False
) -> Iterator[tuple[Store, PluginHost, Output]]:
    """Open the store alone, of whatever schema, for the operator; no flow is made of it.

    Raises WrongUsage, Refused for another role, and the errors of opening a store.
    """
    from referral_flow.plugin_host import PluginHost

    if actor_of(common.as_, Role.OPERATOR).role != Role.OPERATOR:
        _not_permitted()
    out = Output(common.lang, common.json)
    url = url_of(common)
    if not may_make:
        must_be_there(url, out)
    host = PluginHost()
    store: Store = host.make("stores", url)
    try:
        yield store, host, out
    finally:
        store.close()


def url_of(common: Common) -> str:
    """Give the store that was named; raises WrongUsage where none was."""
    url = common.store or os.environ.get(ENVIRONMENT)
    if not url:
        raise WrongUsage("store_needed", variable=ENVIRONMENT)
    return url


def flow_of(
    url: str,
    clock: Clock,
    language: str,
    notifiers: Sequence[str] = DEFAULT,
    addresses: Addresses | None = None,
) -> ReferralFlow:
    """Open the flow over a store; it is made where there is none."""
    from referral_flow.application.flow import ReferralFlow

    return ReferralFlow.open(
        url,
        clock=clock,
        language=language,
        zone=ZONE.key,
        notifiers=notifiers,
        addresses=addresses,
    )


def only_the_operator(work: Work) -> None:
    """Refuse a role that does not run the installation; raises Refused."""
    if work.actor.role != Role.OPERATOR:
        _not_permitted()


def _not_permitted() -> NoReturn:
    from referral_flow.engine.refusal import NOT_PERMITTED
    from referral_flow.errors import Refused

    raise Refused((NOT_PERMITTED,))


def must_be_there(url: str, out: Output) -> None:
    """Refuse a file that is not there: opening it would make an empty store of a misspelt path."""
    if (path := missing_file(url)) is not None:
        from referral_flow.errors import StoreMissing

        raise StoreMissing(path=str(path), problem=out.word("no_such_file"))


def missing_file(url: str) -> Path | None:
    """Give the file of a store that is not there yet; None where it is, or is no file.

    Raises StoreMissing where its folder is missing, and WrongUrl.
    """
    if not url.lower().startswith("sqlite:"):
        return None
    from referral_flow.stores.sqlite_opening import check_place, parse

    path = parse(url).path
    check_place(path)
    return None if path.exists() else path
