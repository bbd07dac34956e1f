"""Streams as the application holds them: loaded, changed, made anew, under one id."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from referral_flow.application.answers import Done
from referral_flow.application.parts import Parts, microseconds, moment
from referral_flow.engine.at import At, start_of
from referral_flow.engine.decision import Decision, Tell
from referral_flow.engine.ids import as_text
from referral_flow.engine.process import Labels, Process, Step
from referral_flow.engine.record import Entity, Record
from referral_flow.errors import StoreError

UNLABELLED = Labels()
"""What a stream has before its first event."""


class Held(Record):
    """A stream as it stands in the unit; `loaded` is its version in the store (0: new).

    `now` is its state, None before the first event.
    """

    id: bytes
    text: str
    process: Process
    state: Any
    now: str | None
    version: int
    loaded: int
    labels: Labels = UNLABELLED


class Happened(Record):
    """An event that would be written, with the stream before and after it.

    `beside` is the decision whose claims and timers are written with it; several events of
    one decision have them with the first.
    """

    before: Held
    after: Held
    name: str
    event: Any
    at: At[Any, Any]
    command: bytes
    words: Mapping[str, str]
    beside: Decision


class Told(Record):
    """A message that would be queued, at its place in the stream's order."""

    stream: bytes
    text: str
    version: int
    position: int
    tell: Tell


class Ran(Entity, gc=False):
    """A command that was carried out in the unit, with the events that it caused.

    `done` is its answer, for the same command asked again within a batch.
    """

    id: bytes
    text: str
    name: str
    digest: bytes
    stream: bytes
    first: int
    last: int
    done: Done[Any] | None = None


def replayed(parts: Parts, process: Process, stream: bytes, upto: int) -> Any:
    """Make a snapshot anew from the events up to a version."""
    state: Any = None
    now = ""
    after = 0
    while after < upto:
        page = parts.store.history(stream, after, min(1000, upto - after))
        if not page:
            raise StoreError(problem="history_cut", stream=as_text(stream), version=after)
        for row, _ in page:
            envelope = parts.codec.read_envelope(row.data)
            event = parts.codec.read_event(row.type, envelope.event)
            now = now if row.now is None else row.now
            step = Step(
                as_text(stream),
                row.version,
                date.fromisoformat(row.day),
                moment(row.recorded_at),
                now,
                envelope.by,
            )
            state = process.evolve(state, event, step)
            after = row.version
    return state


def due_of(due: date | datetime | None, zone: tzinfo) -> int | None:
    """Give a label's due time as the store keeps it; a day is over when it ends in the zone."""
    if due is None:
        return None
    if isinstance(due, datetime):
        return microseconds(due.astimezone(UTC))
    return microseconds(start_of(due + timedelta(days=1), zone))
