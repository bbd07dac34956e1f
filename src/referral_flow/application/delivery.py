"""Deliver queued messages: at least once, in order for each stream, under one key.

First the messages that are due are sent one by one, or put aside for a digest; then the
digests that are due.
"""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from referral_flow.application.answers import Delivered
from referral_flow.application.clearing import Clearing, Held, PutAside, Ready
from referral_flow.application.execute import Executor
from referral_flow.application.parts import Parts, microseconds
from referral_flow.application.sending import Sender
from referral_flow.application.settling import Settling
from referral_flow.ports import DIGEST, Message, OutboxRow, Outcome, Quota, RetryAt

LEASE = 60_000_000
"""Microseconds; what takes longer is done again by somebody else."""
FOR_A_PAGE = 25.0
"""Seconds; the longest `send` that begins by then ends within the lease."""
UNSETTLED = 1.0
"""Seconds for which sent messages may stay unsettled: a death then sends these again."""
_PAGE = 100
_LARGEST_PAGE = 1600


class Delivery:
    """One run of `deliver`."""

    def __init__(self, parts: Parts, executor: Executor) -> None:
        self._parts = parts
        self._token = os.urandom(16)
        self._clearing = Clearing(parts)
        self._sender = Sender(parts, self._clearing)
        self._settling = Settling(parts, executor, self._token)
        self._flushed = time.monotonic()
        # What becomes due while we are at it is for the next run: every run comes to an end.
        self._began = microseconds(parts.now())

    def run(self, limit: int | None = None) -> Delivered:
        """Deliver what is due now, at most `limit` messages."""
        try:
            left = self._singly(limit)
            self._digests(left)
        finally:
            self._sender.let_go()
        self._clearing.end()
        return Delivered(**self._settling.counts)

    # --- one by one

    def _singly(self, left: int | None) -> int | None:
        size = _PAGE
        while left is None or left > 0:
            page = size if left is None else min(size, left)
            until, mine = self._until(), list(self._parts.notifiers)
            rows = self._parts.store.lease_messages(self._began, until, self._token, page, mine)
            if not rows:
                break
            began = time.monotonic()
            done = self._deliver_page(rows, began)
            left = None if left is None else left - done
            # A lease and a settlement are a transaction each: what is quick takes more in one.
            quick = time.monotonic() - began < UNSETTLED
            size = min(2 * size, _LARGEST_PAGE) if quick else _PAGE
        return left

    def _deliver_page(self, rows: Sequence[OutboxRow], began: float) -> int:
        """Deliver leased messages, and say how many; what is left of a slow page is put back.

        Of one stream and notifier there is one at most, so notifiers take turns. The slowest
        takes nothing more in this run, so that the others go on.
        """
        self._settling.of(rows)
        queues: dict[str, deque[OutboxRow]] = {}
        for row in rows:
            queues.setdefault(row.notifier, deque()).append(row)
        try:
            while queues:
                for name in list(queues):
                    # What is left of a slow page is no longer surely ours.
                    if time.monotonic() - began > FOR_A_PAGE:
                        return len(rows) - self._put_back(queues)
                    self._deliver_some(name, queues[name])
                    if not queues[name]:
                        del queues[name]
        finally:
            self._flush()
        return len(rows)

    def _put_back(self, queues: Mapping[str, Sequence[OutboxRow]]) -> int:
        self._sender.close_the_slowest()
        rows = [row for queue in queues.values() for row in queue]
        self._settling.put_back(rows)
        return len(rows)

    def _deliver_some(self, name: str, queue: deque[OutboxRow]) -> None:
        """Send the first messages of one notifier; those that were not sent stay in the queue."""
        rows: list[OutboxRow] = []
        ready: list[Ready] = []
        most, began = self._sender.at_once(name), time.monotonic()
        while queue and len(ready) < most:
            row = queue.popleft()
            message = self._settling.message(row)
            may = self._may_go(row, message)
            if isinstance(may, Ready):
                rows.append(row)
                ready.append(may)
            else:
                self._settle(row, may)
            # What a hook said is not to be old when the last of them is sent.
            if time.monotonic() - began > UNSETTLED:
                break
        if ready:
            going = iter(rows)
            sent = self._sender.send(ready, lambda outcome: self._settle(next(going), outcome))
            queue.extendleft(reversed(rows[sent:]))

    def _may_go(
        self, row: OutboxRow, message: Message
    ) -> Ready | RetryAt | Quota | Held | PutAside:
        if until := self._sender.closed(row.notifier):
            return Quota(until)
        return self._clearing.message(row, message)

    def _settle(self, row: OutboxRow, outcome: Outcome | Held | PutAside) -> None:
        self._settling.settle(row, outcome)
        if time.monotonic() - self._flushed > UNSETTLED:
            self._flush()

    def _flush(self) -> None:
        self._settling.flush()
        self._flushed = time.monotonic()

    # --- together

    def _digests(self, left: int | None) -> None:
        try:
            for name in self._parts.notifiers:
                while (left is None or left > 0) and (rows := self._digest(name)):
                    self._deliver_together(rows)
                    left = None if left is None else left - len(rows)
        finally:
            self._flush()

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
            held = self._clearing.held(message)
            if held is None:
                going.append((row, message))
            else:
                self._settle(row, held)
        if not going:
            return

        def settle(outcome: Outcome | PutAside) -> None:
            for row, _ in going:
                self._settle(row, outcome)

        tries = max(row.tries for row, _ in going)
        whole = together([message for _, message in going])
        may = self._clearing.digest(rows[0].notifier, whole, tries)
        if isinstance(may, Ready):
            self._sender.send([may], settle)
        else:
            settle(may)

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
