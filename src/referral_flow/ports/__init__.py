"""The ports: what a store, a notifier and a register of people must do, and what crosses them."""

from collections.abc import Callable
from datetime import datetime

from referral_flow.domain.people import Committee, Member, Venue
from referral_flow.engine.decision import Claim
from referral_flow.ports.host import HostConnection
from referral_flow.ports.notification import (
    DIGEST,
    Accepted,
    Addresses,
    Drop,
    Message,
    Notifier,
    Outcome,
    Permanent,
    Quota,
    RetryAt,
)
from referral_flow.ports.people import Directory
from referral_flow.ports.rows import (
    Batch,
    CommandRow,
    EventRow,
    OutboxRow,
    Query,
    Settled,
    StoreState,
    StreamRow,
    TimerRow,
    WordsRow,
)
from referral_flow.ports.storage import Store

Clock = Callable[[], datetime]
"""Give the time, with its zone."""

__all__ = [
    "DIGEST",
    "Accepted",
    "Addresses",
    "Batch",
    "Claim",
    "Clock",
    "CommandRow",
    "Committee",
    "Directory",
    "Drop",
    "EventRow",
    "HostConnection",
    "Member",
    "Message",
    "Notifier",
    "OutboxRow",
    "Outcome",
    "Permanent",
    "Query",
    "Quota",
    "RetryAt",
    "Settled",
    "Store",
    "StoreState",
    "StreamRow",
    "TimerRow",
    "Venue",
    "WordsRow",
]
