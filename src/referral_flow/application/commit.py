"""Turn a unit into the rows of one transaction."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

from referral_flow.application.parts import microseconds
from referral_flow.application.streams import Happened, Ran, Told, due_of
from referral_flow.application.unit import Unit
from referral_flow.codec import (
    Envelope,
    event_hash,
    words_hash,
    write_plain,
    write_words,
)
from referral_flow.engine.ids import as_bytes
from referral_flow.ports import (
    Batch,
    CommandRow,
    EventRow,
    OutboxRow,
    StreamRow,
    TimerRow,
    WordsRow,
)

_SALT = 16  # bytes
_STAYED = (None, None)

# Made by its class, a row goes through a function that takes as long again as all its fields.
_row = tuple.__new__


def batch_of(unit: Unit) -> Batch:
    """Give everything that the unit would write."""
    now = microseconds(unit.now)
    events: list[EventRow] = []
    words: list[WordsRow] = []
    # The system is asked once for the salts of all.
    salts = os.urandom(_SALT * len([True for happened in unit.happened if happened.words]))
    for happened in unit.happened:
        at = _SALT * len(words)
        event, said = _event_rows(unit, happened, now, salts[at : at + _SALT])
        events.append(event)
        if said is not None:
            words.append(said)
    streams = _stream_rows(unit)
    outbox: list[OutboxRow] = []
    for stream in unit.told.values():
        for told in stream:
            outbox += _outbox_rows(unit, told, now)
    free, take = _claim_rows(unit) if unit.claims else ((), ())
    return Batch(
        commands=[command_row(ran, now) for ran in unit.ran],
        streams=streams,
        read=_read(unit, streams) if unit.read else (),
        events=events,
        words=words,
        free=free,
        take=take,
        cancel=list(unit.cancelled),
        timers=_timer_rows(unit) if unit.timers else (),
        withdraw=list(unit.withdrawn),
        outbox=outbox,
    )


def _read(unit: Unit, streams: Sequence[tuple[StreamRow, int]]) -> list[tuple[bytes, int]]:
    """Give the versions that were relied on, of streams that are not written."""
    written = {row.id for row, _ in streams}
    found = (held for text in unit.read if (held := unit.streams.get(text)) is not None)
    return [(held.id, held.loaded) for held in found if held.id not in written]


_ClaimRow = tuple[str, str, bytes]


def _claim_rows(unit: Unit) -> tuple[list[_ClaimRow], list[_ClaimRow]]:
    """Give the claims that are freed, and those that are taken."""
    free: list[_ClaimRow] = []
    take: list[_ClaimRow] = []
    for (kind, value), (was, now) in unit.claims.items():
        if was != now:
            if was is not None:
                free.append((kind, value, _id_of(unit, was)))
            if now is not None:
                take.append((kind, value, _id_of(unit, now)))
    return free, take


def _id_of(unit: Unit, stream: str) -> bytes:
    held = unit.streams.get(stream)
    return (as_bytes(stream) or b"") if held is None else held.id


def _timer_rows(unit: Unit) -> list[TimerRow]:
    return [
        TimerRow(stream, name, microseconds(due))
        for stream, timers in unit.timers.items()
        for name, due in timers.items()
    ]


def command_row(ran: Ran, at: int) -> CommandRow:
    """Give the row by which a command is known afterwards; `at` is when, in microseconds."""
    ranges = write_plain((ran.stream.hex(), ran.first, ran.last, ran.name))
    return _row(CommandRow, (ran.id, ran.digest, at, ranges))


def _stream_rows(unit: Unit) -> list[tuple[StreamRow, int]]:
    rows: list[tuple[StreamRow, int]] = []
    for held in unit.streams.values():
        if held is None or held.now is None or held.version == held.loaded:
            continue
        kind, labels = held.process.kind, held.labels
        columns = (
            held.id,
            kind,
            held.version,
            held.now,
            labels.requester,
            labels.owner,
            labels.mark,
            due_of(labels.due, unit.parts.zone),
            unit.parts.codec.write_snapshot(kind, held.state),
        )
        rows.append((_row(StreamRow, columns), held.loaded))
    return rows


def _times(timers: Mapping[str, datetime]) -> dict[str, int]:
    return {name: microseconds(due) for name, due in timers.items()}


def _event_rows(
    unit: Unit, happened: Happened, now: int, salt: bytes
) -> tuple[EventRow, WordsRow | None]:
    before, after, at = happened.before, happened.after, happened.at
    beside = happened.beside
    said = None
    proof = None
    if happened.words:
        spoken = write_words(happened.words)
        proof = words_hash(salt, spoken)
        said = _row(WordsRow, (after.id, after.version, salt, spoken))
    data = unit.parts.codec.write_event(
        Envelope(
            at.actor,
            happened.event,
            proof,
            beside.take,
            beside.free,
            _times(beside.timers) if beside.timers else {},
            beside.cancel,
        )
    )
    was, labels = before.labels, after.labels
    moved = before.version > 0 and (was.requester, was.owner) != (labels.requester, labels.owner)
    changed = moved or before.now != after.now or was.mark != labels.mark
    left = (was.requester or "", was.owner or "") if moved else ()
    columns = (
        after.id,
        after.version,
        now if at.now is unit.now else microseconds(at.now),
        at.on.isoformat(),
        happened.name,
        before.now if changed else None,
        after.now if changed else None,
        was.mark,
        labels.mark,
        labels.requester,
        labels.owner,
        happened.command,
        data,
    )
    proved = (*columns, event_hash((*columns, *left)), *(left or _STAYED))
    return _row(EventRow, proved), said


def _outbox_rows(unit: Unit, told: Told, now: int) -> list[OutboxRow]:
    """Queue a message once for each notifier, under one key."""
    key = f"{told.text}/{told.version}/{told.position}"
    tell = told.tell
    data = write_plain({"to": tell.to, "params": tell.params})
    made_at = (now // 1000).to_bytes(6, "big")
    rows = []
    for notifier in unit.parts.notifiers:
        seed = blake2b(f"{key}/{notifier}".encode(), digest_size=10).digest()
        id = made_at + seed
        columns = (
            id,
            told.stream,
            told.version,
            told.position,
            notifier,
            tell.kind,
            key,
            data,
            0,
            now,
            None,
            "waiting",
            None,
            tell.to,
        )
        rows.append(_row(OutboxRow, columns))
    return rows
