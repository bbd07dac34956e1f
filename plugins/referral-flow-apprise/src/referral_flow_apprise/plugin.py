"""What referral-flow finds by the entry point: the scheme `apprise`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from referral_flow import hookimpl

if TYPE_CHECKING:
    from referral_flow.ports import Notifier

REFERRAL_FLOW_HOOKS = 1


@hookimpl
def referral_flow_notifiers() -> Mapping[str, Callable[[str], Notifier]]:
    """Give the notifier that sends by way of Apprise."""
    return {"apprise": _apprise}


def _apprise(address: str) -> Notifier:
    # Loaded when it is asked for: Apprise brings nearly two hundred modules.
    from referral_flow_apprise.address import from_address  # noqa: PLC0415

    return from_address(address)
