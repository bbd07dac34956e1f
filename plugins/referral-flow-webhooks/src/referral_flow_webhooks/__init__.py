"""Messages of referral-flow as signed webhooks, and the check for whoever receives them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from referral_flow_webhooks.errors import (
        NoEvent,
        NotVerified,
        OutOfTime,
        WrongHeader,
        WrongSignature,
    )
    from referral_flow_webhooks.event import Event
    from referral_flow_webhooks.notifier import WebhookNotifier
    from referral_flow_webhooks.receiver import receive
    from referral_flow_webhooks.secret import Secret, new_secret

_WHERE = {
    "Event": "event",
    "NoEvent": "errors",
    "NotVerified": "errors",
    "OutOfTime": "errors",
    "Secret": "secret",
    "WebhookNotifier": "notifier",
    "WrongHeader": "errors",
    "WrongSignature": "errors",
    "new_secret": "secret",
    "receive": "receiver",
}

__all__ = [
    "Event",
    "NoEvent",
    "NotVerified",
    "OutOfTime",
    "Secret",
    "WebhookNotifier",
    "WrongHeader",
    "WrongSignature",
    "new_secret",
    "receive",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: whoever opens a flow imports this package."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
