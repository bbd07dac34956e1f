"""Deliver queued messages: at least once, in order for each stream, under one key."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from referral_flow.application.answers import Delivered
from referral_flow.application.execute import Executor
from referral_flow.application.parts import Parts, microseconds
from referral_flow.application.streams import as_text
from referral_flow.codec import read_plain
from referral_flow.engine.actor import SYSTEM
from referral_flow.errors import CommandReused, ReferralFlowError, Refused
from referral_flow.ports import (
    Accepted,
    Drop,
    Message,
    OutboxRow,
    Outcome,
    Permanent,
    Quota,
    RetryAt,
    Settled,
)

logger = logging.getLogger("referral_flow.delivery")

LEASE = 60_000_000
"""Microseconds; a `send` that takes longer is done again by somebody else."""
UNSETTLED = 1.0
"""Seconds for which sent messages may stay unsettled: a death then sends these again."""
TRIES = 8
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_PAGE = 100


class Delivery:
    """One run of `deliver`."""

    def __init__(self, parts: Parts, executor: Executor) -> None:
        self._parts = parts
        self._executor = executor
        self._token = os.urandom(16)
        self._counts = dict.fromkeys(
            ("accepted", "retried", "held", "dropped", "parked", "lost"), 0
        )
        self._quota: dict[str, datetime] = {}
        self._kinds: dict[bytes, str] = {}
        self._settled: dict[bytes, tuple[Settled, str]] = {}

    def run(self, limit: int | None = None) -> Delivered:
        """Deliver what is due now, at most `limit` messages."""
        now = microseconds(self._parts.now())
        left = limit
        while left is None or left > 0:
            page = _PAGE if left is None else min(_PAGE, left)
            rows = self._parts.store.lease_messages(now, now + LEASE, self._token, page)
            if not rows or not self._deliver_page(rows):
                break
            left = None if left is None else left - len(rows)
        return Delivered(**self._counts)

    def _deliver_page(self, rows: Sequence[OutboxRow]) -> bool:
        """Deliver leased messages; False when the lease ran out before all were sent."""
        found, _ = self._parts.store.load([row.stream for row in rows])
        self._kinds = {id: stream.kind for id, stream in found.items()}
        began = flushed = time.monotonic()
        try:
            for row in rows:
                # What is left of a slow page is no longer surely ours.
                if time.monotonic() - began > LEASE / 2_000_000:
                    return False
                self._deliver(row)
                if time.monotonic() - flushed > UNSETTLED:
                    self._flush()
                    flushed = time.monotonic()
        finally:
            self._flush()
        return True

    def _flush(self) -> None:
        """Settle what was sent, in one transaction."""
        settled, self._settled = self._settled, {}
        done = self._parts.store.settle_messages([one for one, _ in settled.values()], self._token)
        for id, (_, outcome) in settled.items():
            self._counts[outcome if id in done else "lost"] += 1

    def _deliver(self, row: OutboxRow) -> None:
        body = read_plain(row.data)
        message = Message(row.kind, body["params"], body["to"], self._parts.language, row.key)
        outcome = self._send(row, message)
        now = self._parts.now()
        match outcome:
            case Accepted():
                self._settle(row, body, "accepted", Settled(row.id))
            case Drop(reason):
                self._settle(row, body, "dropped", Settled(row.id, error=reason))
            case Permanent(reason):
                self._settle(row, body, "parked", Settled(row.id, "parked", error=reason))
            case RetryAt(_, reason) if row.tries + 1 >= TRIES:
                self._settle(row, body, "parked", Settled(row.id, "parked", error=reason))
            case RetryAt(at, reason):
                self._wait(row, "retried", max(at or now + pause(row.tries), now), reason)
            case Quota(until):
                self._quota[row.notifier] = until
                self._wait(row, "held", max(until, now), "quota")
            case datetime():
                self._wait(row, "held", max(outcome, now), "held")

    def _send(self, row: OutboxRow, message: Message) -> Outcome | Drop | datetime:
        notifier = self._parts.notifiers.get(row.notifier)
        if notifier is None:
            return RetryAt(None, f"the notifier {row.notifier!r} is not set up here")
        if row.notifier in self._quota:
            return Quota(self._quota[row.notifier])
        try:
            for _, call in self._parts.host.calls("referral_flow_hold"):
                held = call(message)
                if isinstance(held, Drop | datetime):
                    return held
            outcome: Any = notifier.send(message, self._addresses(message.recipient))
        except Exception as error:
            # Only the class is kept: the words of an error may hold an address.
            return RetryAt(None, type(error).__name__)
        if not isinstance(outcome, Accepted | RetryAt | Permanent | Quota):
            return RetryAt(None, f"gave {type(outcome).__name__} where an outcome is due")
        return outcome

    def _addresses(self, recipient: str) -> Sequence[str]:
        found = [] if self._parts.addresses is None else list(self._parts.addresses(recipient))
        for _, call in self._parts.host.calls("referral_flow_addresses"):
            found += call(recipient) or ()
        return found

    def _settle(self, row: OutboxRow, body: dict[str, Any], outcome: str, settled: Settled) -> None:
        """Note the outcome, then settle: killed in between, it is sent again and noted once."""
        try:
            self._note(row, body, outcome)
        except ReferralFlowError as problem:
            logger.warning("message %s is not settled yet: %s", row.key, problem.code)
            self._counts["lost"] += 1
            return
        self._settled[row.id] = settled, outcome

    def _wait(self, row: OutboxRow, what: str, due: datetime, reason: str) -> None:
        """Let it wait; only what was tried counts as a try."""
        later = microseconds(due) + 1
        settled = Settled(row.id, "waiting", later, reason, counts=what == "retried")
        self._settled[row.id] = settled, what

    def _note(self, row: OutboxRow, body: dict[str, Any], outcome: str) -> None:
        process = self._parts.processes.get(self._kinds.get(row.stream, ""))
        if process is None or process.settled is None:
            return
        command = process.settled(row.kind, as_text(row.stream), body["params"], outcome)
        if command is None:
            return
        try:
            self._executor.execute(command, SYSTEM, f"settled/{row.key}")
        except (CommandReused, Refused):
            # Another notifier's copy was noted first, or nothing is due here any more.
            return


def pause(tries: int) -> timedelta:
    """Give the pause before the next try: doubled each time, up to a bound."""
    longer: timedelta = _FIRST_PAUSE * 2**tries
    return min(longer, _LONGEST_PAUSE)
