"""The port of a notifier, and what it is given and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from referral_flow.engine.record import Record

DIGEST = "digest"
"""The kind of a message that stands for many: it has their `count`, and one for each of `kinds`."""

Addresses = Callable[[str], Sequence[str]]
"""Give the addresses of a recipient (`member:m-1`)."""


class Message(Record):
    """Something to tell one recipient: structured, without a rendered body.

    `params` holds ids, dates and counts. `key` is the same at every attempt, so that a
    receiver can know a repetition.
    """

    kind: str
    params: Mapping[str, Any]
    recipient: str
    language: str
    key: str


class Accepted(Record):
    """The notifier took the message over; `id` is what it calls it."""

    id: str | None = None


class RetryAt(Record):
    """Not now; try again at `at` (None: when the library's own pause is over).

    `channel` says that the trouble is not this message's: the others of this notifier wait
    too, and no try is counted.
    """

    at: datetime | None
    reason: str
    channel: bool = False


class Permanent(Record):
    """Never: the message becomes a dead letter."""

    reason: str


class Quota(Record):
    """The notifier may send no more before `until`; nothing is counted as a try."""

    until: datetime


Outcome = Accepted | RetryAt | Permanent | Quota


class Drop(Record):
    """A hold that lasts for ever: the message is not sent, for this reason."""

    reason: str


class Notifier(Protocol):
    """What a notifier must do.

    One that has `tells_people = True` is sent to as people wish it: not at night, not more
    than a few times a day, and what can wait as one digest (S57). Without it everything is
    sent at once: a log or another program sleeps at no hour.

    `send` is called in a thread of the notifier's own and has 30 seconds, or less if an
    attribute `send_within` says so; one that takes longer is left alone and is not heard.
    """

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """Send one message; raising counts as RetryAt."""
        ...
