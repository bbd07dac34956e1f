"""Verify: every stream made anew from its events must be the stream that is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from referral_flow.application.answers import Fault, Verified
from referral_flow.application.parts import Parts, microseconds, moment
from referral_flow.application.streams import due_of
from referral_flow.codec import Envelope, event_hash, words_hash
from referral_flow.engine.ids import as_text
from referral_flow.engine.process import Process, Step
from referral_flow.errors import ReferralFlowError
from referral_flow.ports import EventRow, StreamRow, WordsRow

_PAGE = 500


def verify(parts: Parts) -> Verified:
    """Compare hashes, words, snapshots, labels, claims and timers with the history."""
    streams = events = 0
    faults: list[Fault] = []
    after: bytes | None = None
    now = microseconds(parts.now())
    before = parts.store.check()
    while rows := parts.store.scan(after, _PAGE):
        ids = [row.id for row in rows]
        claims, timers = parts.store.held(ids)
        held: dict[bytes, set[tuple[str, str]]] = {id: set() for id in ids}
        due: dict[bytes, dict[str, int]] = {id: {} for id in ids}
        for kind, value, stream in claims:
            held[stream].add((kind, value))
        for timer in timers:
            due[timer.stream][timer.name] = timer.due
        for row in rows:
            audit = _Audit(parts, row)
            faults += audit.problems(held[row.id], due[row.id], now)
            streams += 1
            events += audit.events
        after = rows[-1].id
    after_all = parts.store.check()
    # Beside writers the numbers move, and tell nothing.
    if not faults and before.events == after_all.events != events:
        lost = after_all.events - events
        faults.append(Fault("", 0, f"{lost} events belong to no stream"))
    return Verified(streams, events, tuple(faults))


class _Audit:
    """One stream, folded from its events."""

    def __init__(self, parts: Parts, row: StreamRow) -> None:
        self.parts = parts
        self.row = row
        self.events = 0
        self.claims: set[tuple[str, str]] = set()
        self.timers: dict[str, int] = {}
        self.mark = ""
        self.labels: tuple[str | None, str | None] | None = None
        self.recorded_at = 0

    def problems(
        self, claims: set[tuple[str, str]], timers: dict[str, int], now: int
    ) -> Iterator[Fault]:
        process = self.parts.processes.get(self.row.kind)
        if process is None:
            yield self._fault(f"no process of this flow has the kind {self.row.kind!r}")
            return
        try:
            state, current = None, ""
            for event, words in self._history():
                envelope = self.parts.codec.read_envelope(event.data)
                yield from self._event_problems(event, words, envelope, current)
                current = event.now or current
                state = self._evolved(process, state, event, envelope, current)
        except ReferralFlowError as error:
            yield self._fault(str(error))
            return
        yield from self._stream_problems(process, state, current)
        if claims != self.claims:
            yield self._fault(f"holds the claims {sorted(claims ^ self.claims)} against it")
        # What was due by the last event may have been fired, whatever this clock says.
        past = max(now, self.recorded_at)
        expected = {name: at for name, at in self.timers.items() if at > past}
        ghosts = {n: at for n, at in timers.items() if self.timers.get(n) != at}
        if ghosts or not expected.items() <= timers.items():
            yield self._fault(f"has the timers {timers}, its events say {expected}")

    def _history(self) -> Iterator[tuple[EventRow, WordsRow | None]]:
        # Only what the row knows of: whoever writes meanwhile is looked at when it is loaded.
        while self.events < self.row.version:
            left = min(_PAGE, self.row.version - self.events)
            page = self.parts.store.history(self.row.id, self.events, left)
            if not page:
                return
            for event, words in page:
                self.events += 1
                yield event, words

    def _event_problems(
        self, event: EventRow, words: WordsRow | None, envelope: Envelope, current: str
    ) -> Iterator[Fault]:
        if event.version != self.events:
            yield self._fault(f"version {self.events} is missing", self.events)
        if event_hash(event.hashed()) != event.hash:
            yield self._fault("the event is not what was written", event.version)
        if event.was_mark != self.mark or (event.now is not None and (event.was or "") != current):
            yield self._fault("does not go on where the last one ended", event.version)
        if (event.left_requester, event.left_owner) != self._left(event):
            yield self._fault("does not leave the labels of the last one", event.version)
        if words is not None and words_hash(words.salt, words.data) != envelope.words:
            yield self._fault("the words are not what was written", event.version)
        self.mark = event.mark
        self.labels = (event.requester, event.owner)
        self.recorded_at = event.recorded_at
        self.claims.difference_update(envelope.free)
        self.claims.update(envelope.take)
        for name in envelope.cancel:
            self.timers = {n: at for n, at in self.timers.items() if name not in (n, "*")}
        self.timers.update(envelope.timers)

    def _left(self, event: EventRow) -> tuple[str | None, str | None]:
        """Give the labels that an event must say it left: none, if it left them as they were."""
        if self.labels in (None, (event.requester, event.owner)):
            return None, None
        requester, owner = self.labels
        return requester or "", owner or ""

    def _evolved(
        self, process: Process, state: Any, event: EventRow, envelope: Envelope, now: str
    ) -> Any:
        step = Step(
            as_text(self.row.id),
            event.version,
            date.fromisoformat(event.day),
            moment(event.recorded_at),
            now,
            envelope.by,
        )
        decoded = self.parts.codec.read_event(event.type, envelope.event)
        return process.evolve(state, decoded, step)

    def _stream_problems(self, process: Process, state: Any, current: str) -> Iterator[Fault]:
        row = self.row
        if row.version != self.events:
            yield self._fault(f"is at version {row.version} with {self.events} events")
            return
        if state is None:
            yield self._fault("has no events")
            return
        codec = self.parts.codec
        newest = codec.is_current(row.kind, row.data)
        if newest and codec.read_snapshot(row.kind, row.data) != state:
            yield self._fault("the snapshot is not what the events make")
        labels = process.labels(state)
        stored = (row.state, row.requester, row.owner, row.mark, row.due)
        made = (
            current,
            labels.requester,
            labels.owner,
            labels.mark,
            due_of(labels.due, self.parts.zone),
        )
        if stored != made:
            yield self._fault(f"state and labels are {stored}, the events make {made}")

    def _fault(self, problem: str, version: int = 0) -> Fault:
        return Fault(as_text(self.row.id), version or self.row.version, problem)
