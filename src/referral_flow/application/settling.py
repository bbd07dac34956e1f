"""Settle what became of leased messages: noted with the process first, then at the store."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from referral_flow.application.clearing import Held, PutAside
from referral_flow.application.execute import Executor
from referral_flow.application.parts import Parts, microseconds
from referral_flow.application.sending import pause
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

TRIES = 12
"""With the pauses between them most of a day: a mailbox may be full for a night."""
_LONGEST = 500
OUTCOMES = ("accepted", "retried", "held", "dropped", "parked", "lost")


class Settling:
    """What became of messages in one run; `counts` has how many of each outcome."""

    def __init__(self, parts: Parts, executor: Executor, token: bytes) -> None:
        self._parts = parts
        self._executor = executor
        self._token = token
        self._kinds: dict[bytes, str] = {}
        self._waiting: dict[bytes, tuple[Settled, str]] = {}
        self.counts = dict.fromkeys(OUTCOMES, 0)

    def message(self, row: OutboxRow) -> Message:
        """Give the message of a row."""
        body = read_plain(row.data)
        return Message(row.kind, body["params"], body["to"], self._parts.language, row.key)

    def of(self, rows: Sequence[OutboxRow]) -> None:
        """Look up whose messages these are."""
        found, _ = self._parts.store.load([row.stream for row in rows])
        self._kinds = {id: stream.kind for id, stream in found.items()}

    def flush(self) -> None:
        """Settle what was sent, in one transaction."""
        settled, self._waiting = self._waiting, {}
        done = self._parts.store.settle_messages([one for one, _ in settled.values()], self._token)
        for id, (_, outcome) in settled.items():
            if outcome == "put_back":
                continue
            self.counts[outcome if id in done else "lost"] += 1

    def put_back(self, rows: Iterable[OutboxRow]) -> None:
        """Let messages that were not come to wait as they did, for whoever asks next."""
        for row in rows:
            self._waiting[row.id] = (
                Settled(row.id, row.state, row.due, row.error, counts=False),
                "put_back",
            )

    def settle(self, row: OutboxRow, outcome: Outcome | Held | PutAside) -> None:
        """Note what became of a message; one that waits goes on waiting as it did."""
        now = self._parts.now()
        match outcome:
            case Accepted():
                self._done(row, "accepted", Settled(row.id))
            case Drop(reason):
                self._done(row, "dropped", Settled(row.id, error=reason))
            case Permanent(reason):
                self._done(row, "parked", Settled(row.id, "parked", error=reason))
            case RetryAt(_, reason) if row.tries + 1 >= TRIES:
                self._done(row, "parked", Settled(row.id, "parked", error=reason))
            case RetryAt(at, reason):
                self._wait(row, "retried", max(at or now + pause(row.tries), now), reason)
            case Quota(until):
                self._wait(row, "held", max(until, now), "quota")
            case PutAside(due):
                settled = Settled(row.id, "digest", microseconds(due), counts=False)
                self._waiting[row.id] = settled, "held"
            case datetime():
                self._wait(row, "held", max(outcome, now), "held")

    def _done(self, row: OutboxRow, outcome: str, settled: Settled) -> None:
        """Note the outcome, then settle: killed in between, it is sent again and noted once."""
        try:
            self._note(row, outcome)
        except ReferralFlowError as problem:
            logger.warning("message %s cannot be noted: %s", row.key, problem.code)
            # It counts as a try, so that nobody is written to for ever.
            if row.tries + 1 < TRIES:
                now = self._parts.now()
                self._wait(row, "retried", now + pause(row.tries), problem.code)
                return
            settled, outcome = Settled(row.id, "parked", error=problem.code), "parked"
        self._waiting[row.id] = _storable(settled), outcome

    def _wait(self, row: OutboxRow, what: str, due: datetime, reason: str) -> None:
        """Let it wait; only what was tried counts as a try."""
        later = microseconds(due) + 1
        settled = Settled(row.id, row.state, later, reason, counts=what == "retried")
        self._waiting[row.id] = _storable(settled), what

    def _note(self, row: OutboxRow, outcome: str) -> None:
        process = self._parts.processes.get(self._kinds.get(row.stream, ""))
        if process is None or process.settled is None:
            return
        params: dict[str, Any] = read_plain(row.data)["params"]
        command = process.settled(row.kind, as_text(row.stream), params, outcome)
        if command is None:
            return
        try:
            self._executor.execute(command, SYSTEM, f"settled/{row.key}")
        except (CommandReused, Refused):
            # Another notifier's copy was noted first, or nothing is due here any more.
            return


def _storable(settled: Settled) -> Settled:
    """Write a reason so that every store takes it: it may be what another machine said."""
    if settled.error is None:
        return settled
    text = settled.error.encode("utf-8", "backslashreplace").decode("utf-8")
    return settled._replace(error=text.replace("\0", " ")[:_LONGEST])
