"""Which notifiers a command line has, and where their recipients are reached."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from referral_flow.cli.failing import complain
from referral_flow.cli.usage import WrongUsage

if TYPE_CHECKING:
    from referral_flow.application.flow import ReferralFlow
    from referral_flow.cli.output import Output
    from referral_flow.ports import Addresses

NOTIFIERS = "REFERRAL_FLOW_NOTIFIERS"
ADDRESSES = "REFERRAL_FLOW_ADDRESSES"
DEFAULT = ("log:",)
_NEEDS_ADDRESSES = "smtp"


def notifiers_of(given: tuple[str, ...]) -> tuple[str, ...]:
    """Give the addresses of the notifiers: those given, those of the environment, or the log."""
    return given or tuple(os.environ.get(NOTIFIERS, "").split()) or DEFAULT


def names_of(notifiers: tuple[str, ...]) -> tuple[str, ...]:
    """Give the names under which messages are queued for them."""
    return tuple(url.partition(":")[0].lower() for url in notifiers)


def addresses_of(given: Path | None) -> Addresses | None:
    """Read the list of addresses that was given or that the environment names, if any.

    Raises UnusableFile.
    """
    named = os.environ.get(ADDRESSES)
    path = given or (Path(named) if named else None)
    if path is None:
        return None
    from referral_flow.roster.addresses import read_addresses

    return read_addresses(path)


def must_reach_people(
    flow: ReferralFlow, notifiers: tuple[str, ...], addresses: Addresses | None
) -> None:
    """Refuse to send mail where nobody has an address: each would be a dead letter.

    Raises WrongUsage.
    """
    if addresses is not None or _NEEDS_ADDRESSES not in names_of(notifiers):
        return
    if not any("referral_flow_addresses" in plugin.hooks for plugin in flow.plugins):
        raise WrongUsage("addresses_needed", variable=ADDRESSES)


def tell_of_others(flow: ReferralFlow, notifiers: tuple[str, ...], out: Output) -> None:
    """Say what waits for notifiers that this command line does not have."""
    mine = names_of(notifiers)
    for name, waiting in sorted(flow.queues().items()):
        if name not in mine:
            complain(out.word("waits_elsewhere", notifier=name, waiting=waiting))
