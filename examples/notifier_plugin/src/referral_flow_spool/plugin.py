"""What the entry point names: `spool:///folder` makes a notifier."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from referral_flow import hookimpl
from referral_flow.ports import Notifier
from referral_flow_spool.notifier import SpoolNotifier

REFERRAL_FLOW_HOOKS = 1


@hookimpl
def referral_flow_notifiers() -> Mapping[str, Callable[[str], Notifier]]:
    """Give the factory of the scheme `spool`."""
    return {"spool": SpoolNotifier}
