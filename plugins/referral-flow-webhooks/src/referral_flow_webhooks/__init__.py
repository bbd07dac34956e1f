"""Messages of referral-flow as signed webhooks, and the check for whoever receives them."""

from __future__ import annotations

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
