"""Deliver queued messages: at least once, in order for each stream, under one key.

First the messages that are due are sent one by one, or put aside for a digest; then the
digests that are due.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from referral_flow.application.answers import Delivered
from referral_flow.application.execute import Executor
from referral_flow.application.parts import Parts, microseconds
from referral_flow.application.sending import Sender
from referral_flow.application.settling import Settling
from referral_flow.ports import DIGEST, Message, OutboxRow

LEASE = 60_000_000
"""Microseconds; a `send` that takes longer is done again by somebody else."""
UNSETTLED = 1.0
"""Seconds for which sent messages may stay unsettled: a death then sends these again."""
_PAGE = 100


class Delivery:
    """One run of `deliver`."""

    def __init__(self, parts: Parts, executor: Executor) -> None:
        self._parts = parts
        self._token = os.urandom(16)
        self._sender = Sender(parts)
        self._settling = Settling(parts, executor, self._token)
        # What becomes due while we are at it is for the next run: every run comes to an end.
        self._began = microseconds(parts.now())

    def run(self, limit: int | None = None) -> Delivered:
        """Deliver what is due now, at most `limit` messages."""
        left = self._singly(limit)
        self._digests(left)
        self._sender.end()
        return Delivered(**self._settling.counts)

    # --- one by one

    def _singly(self, left: int | None) -> int | None:
        while left is None or left > 0:
            page = _PAGE if left is None else min(_PAGE, left)
            until, mine = self._until(), list(self._parts.notifiers)
            rows = self._parts.store.lease_messages(self._began, until, self._token, page, mine)
            if not rows:
                break
            left = None if left is None else left - len(rows)
            if not self._deliver_page(rows):
                return 0
        return left

    def _deliver_page(self, rows: Sequence[OutboxRow]) -> bool:
        """Deliver leased messages; False when the lease ran out before all were sent."""
        self._settling.of(rows)
        began = flushed = time.monotonic()
        try:
            for row in rows:
                # What is left of a slow page is no longer surely ours.
                if time.monotonic() - began > LEASE / 2_000_000:
                    return False
                self._settling.settle(row, self._sender.one(row, self._settling.message(row)))
                if time.monotonic() - flushed > UNSETTLED:
                    self._settling.flush()
                    flushed = time.monotonic()
        finally:
            self._settling.flush()
        return True

    # --- together

    def _digests(self, left: int | None) -> None:
        flushed = time.monotonic()
        try:
            for name in self._parts.notifiers:
                while (left is None or left > 0) and (rows := self._digest(name)):
                    self._deliver_together(rows)
                    left = None if left is None else left - len(rows)
                    if time.monotonic() - flushed > UNSETTLED:
                        self._settling.flush()
                        flushed = time.monotonic()
        finally:
            self._settling.flush()

    def _digest(self, notifier: str) -> Sequence[OutboxRow]:
        """Lease what waits for one recipient, if the notifier may send now."""
        policy = self._parts.policy
        quiet = policy.keeps(notifier) and policy.quiet_until(self._parts.now())
        if quiet or self._sender.closed(notifier):
            return ()
        return self._parts.store.lease_digest(notifier, self._began, self._until(), self._token)

    def _deliver_together(self, rows: Sequence[OutboxRow]) -> None:
        """Deliver what waits for one recipient as one message; each is settled on its own."""
        self._settling.of(rows)
        going: list[tuple[OutboxRow, Message]] = []
        for row in rows:
            message = self._settling.message(row)
            held = self._sender.held(message)
            if held is None:
                going.append((row, message))
            else:
                self._settling.settle(row, held)
        if going:
            tries = max(row.tries for row, _ in going)
            whole = together([message for _, message in going])
            outcome = self._sender.digest(rows[0].notifier, whole, tries)
            for row, _ in going:
                self._settling.settle(row, outcome)

    def _until(self) -> int:
        return microseconds(self._parts.now()) + LEASE


def together(messages: Sequence[Message]) -> Message:
    """Give the one message that stands for many; a single one stands for itself.

    Its key is made of theirs: the same messages again are the same digest again.
    """
    first = messages[0]
    if len(messages) == 1:
        return first
    kinds = Counter(message.kind for message in messages)
    keys = "\n".join(sorted(message.key for message in messages))
    key = f"digest/{blake2b(keys.encode(), digest_size=16).hexdigest()}"
    params = {"count": len(messages), "kinds": dict(sorted(kinds.items()))}
    return Message(DIGEST, params, first.recipient, first.language, key)
