"""What referral-flow finds by the entry point: the schemes `webhook+https` and `webhook+http`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from referral_flow import hookimpl

if TYPE_CHECKING:
    from referral_flow.ports import Notifier

REFERRAL_FLOW_HOOKS = 1


@hookimpl
def referral_flow_notifiers() -> Mapping[str, Callable[[str], Notifier]]:
    """Give the notifier of webhooks."""
    return {"webhook+https": _webhook, "webhook+http": _webhook}


def _webhook(address: str) -> Notifier:
    # Loaded when it is asked for: whoever sends no webhook needs no HTTP.
    from referral_flow_webhooks.address import from_address  # noqa: PLC0415

    return from_address(address)
