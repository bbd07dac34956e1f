"""Settle what became of leased messages: noted with their process first, then at the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from referral_flow.application.clearing import Held, PutAside
from referral_flow.application.execute import Executor
from referral_flow.application.many import execute_many
from referral_flow.application.parts import Parts, microseconds
from referral_flow.application.sending import pause
from referral_flow.codec import read_plain
from referral_flow.engine.actor import SYSTEM
from referral_flow.engine.command import Command
from referral_flow.engine.ids import as_text
from referral_flow.errors import CommandReused, ReferralFlowError, Refused
from referral_flow.logs import logger
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

TRIES = 12
"""With the pauses between them most of a day: a mailbox may be full for a night."""
_LONGEST = 500
_PUT_BACK = "put_back"
OUTCOMES = ("accepted", "retried", "held", "dropped", "parked", "lost")


class _Settled(NamedTuple):
    """What became of one message, and the command that notes it with its process."""

    row: OutboxRow
    settled: Settled
    outcome: str
    note: Command[Any] | None = None


_Noting = tuple[_Settled, Command[Any]]


class Settling:
    """What became of messages in one run; `counts` has how many of each outcome."""

    def __init__(self, parts: Parts, executor: Executor, token: bytes) -> None:
        self._parts = parts
        self._executor = executor
        self._token = token
        self._noted_kinds = {
            kind for process in parts.processes.values() for kind in process.settled
        }
        self._kinds: dict[bytes, str] = {}
        self._waiting: list[_Settled] = []
        self.counts = dict.fromkeys(OUTCOMES, 0)

    def message(self, row: OutboxRow) -> Message:
        """Give the message of a row."""
        body = read_plain(row.data)
        return Message(row.kind, body["params"], body["to"], self._parts.language, row.key)

    def of(self, rows: Sequence[OutboxRow]) -> None:
        """Look up whose messages these are, where a process wants to know what becomes of them."""
        noted = [row.stream for row in rows if row.kind in self._noted_kinds]
        found, _ = self._parts.store.load(noted) if noted else ({}, None)
        self._kinds = {id: stream.kind for id, stream in found.items()}

    def flush(self) -> None:
        """Note, then settle: killed in between, a message is sent again and noted once."""
        waiting, self._waiting = self._noted(self._waiting), []
        rows = [each.settled for each in waiting]
        done = self._parts.store.settle_messages(rows, self._token)
        for each in waiting:
            if each.outcome != _PUT_BACK:
                self.counts[each.outcome if each.row.id in done else "lost"] += 1

    def put_back(self, rows: Iterable[OutboxRow]) -> None:
        """Let messages that were not come to wait as they did, for whoever asks next."""
        for row in rows:
            settled = Settled(row.id, row.state, row.due, row.error, counts=False)
            self._waiting.append(_Settled(row, settled, _PUT_BACK))

    def settle(self, row: OutboxRow, outcome: Outcome | Held | PutAside) -> None:
        """Keep what became of a message for `flush`; one that waits goes on waiting as it did."""
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
                self._waiting.append(self._again(row, at, reason))
            case Quota(until):
                self._held(row, until, "quota")
            case PutAside(due):
                settled = Settled(row.id, "digest", microseconds(due), counts=False)
                self._waiting.append(_Settled(row, settled, "held"))
            case datetime():
                self._held(row, outcome, "held")

    def _done(self, row: OutboxRow, outcome: str, settled: Settled) -> None:
        note = self._note_of(row, outcome)
        self._waiting.append(_Settled(row, _storable(settled), outcome, note))

    def _again(self, row: OutboxRow, at: datetime | None, reason: str) -> _Settled:
        now = self._parts.now()
        due = max(at or now + pause(row.tries), now)
        return _Settled(row, _waits(row, due, reason, counts=True), "retried")

    def _held(self, row: OutboxRow, until: datetime, reason: str) -> None:
        due = max(until, self._parts.now())
        self._waiting.append(_Settled(row, _waits(row, due, reason, counts=False), "held"))

    def _note_of(self, row: OutboxRow, outcome: str) -> Command[Any] | None:
        process = self._parts.processes.get(self._kinds.get(row.stream, ""))
        note = None if process is None else process.settled.get(row.kind)
        if note is None:
            return None
        return note(as_text(row.stream), read_plain(row.data)["params"], outcome)

    # --- what is noted with the process

    def _noted(self, waiting: Sequence[_Settled]) -> Sequence[_Settled]:
        """Note what processes want to know of; what cannot be noted waits in place of that."""
        notes = [(each, each.note) for each in waiting if each.note is not None]
        if not notes:
            return waiting
        again = {each.row.id: self._alone(each, note) for each, note in self._left_over(notes)}
        return [again.get(each.row.id, each) for each in waiting]

    def _left_over(self, notes: Sequence[_Noting]) -> Sequence[_Noting]:
        """Note many in few transactions, and give those that need a look of their own."""
        try:
            many = execute_many(
                self._executor, ((note, _id_of(each)) for each, note in notes), SYSTEM
            )
        except ReferralFlowError:
            return notes
        return [notes[refused.row] for refused in many.refused]

    def _alone(self, each: _Settled, note: Command[Any]) -> _Settled:
        """Note one; where that fails it counts as a try: nobody is written to for ever."""
        row = each.row
        try:
            self._executor.execute(note, SYSTEM, _id_of(each))
        except (CommandReused, Refused):
            # Another notifier's copy was noted first, or nothing is due here any more.
            return each
        except ReferralFlowError as problem:
            logger("delivery").warning("message %s cannot be noted: %s", row.key, problem.code)
            if row.tries + 1 < TRIES:
                return self._again(row, None, problem.code)
            return _Settled(row, Settled(row.id, "parked", error=problem.code), "parked")
        return each


def _id_of(each: _Settled) -> str:
    return f"settled/{each.row.key}"


def _waits(row: OutboxRow, due: datetime, reason: str, counts: bool) -> Settled:
    """Let it wait; only what was tried counts as a try."""
    later = microseconds(due) + 1
    return _storable(Settled(row.id, row.state, later, reason, counts=counts))


def _storable(settled: Settled) -> Settled:
    """Write a reason so that every store takes it: it may be what another machine said."""
    if settled.error is None:
        return settled
    text = settled.error.encode("utf-8", "backslashreplace").decode("utf-8")
    return settled._replace(error=text.replace("\0", " ")[:_LONGEST])
