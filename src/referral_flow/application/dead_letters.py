"""Dead letters: look at them, send one again, or give it up with a reason."""

from __future__ import annotations

from datetime import datetime

from referral_flow.application.answers import DeadLetter, Page
from referral_flow.application.parts import Parts, microseconds, moment
from referral_flow.engine.ids import as_bytes, as_text
from referral_flow.engine.refusal import NOT_FOUND, Refusal
from referral_flow.errors import Refused
from referral_flow.logs import logger
from referral_flow.ports import OutboxRow


def dead_letters(parts: Parts, after: str | None, limit: int) -> Page[DeadLetter]:
    """Give a page of dead letters, in the order in which they were queued."""
    rows = parts.store.parked(None if after is None else _id(after), limit + 1)
    shown = tuple(_letter(row) for row in rows[:limit])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


def send_again(parts: Parts, id: str) -> None:
    """Let a dead letter be sent by the next `deliver`, its tries counted anew."""
    if not parts.store.requeue(_id(id), microseconds(parts.now())):
        raise Refused((NOT_FOUND,), "send_again")
    logger("delivery").info("dead letter %s is sent again", id)


def drop(parts: Parts, id: str, reason: str) -> None:
    """Give a dead letter up; it stays in the store with the reason."""
    if not reason.strip():
        raise Refused((Refusal("reason_required", missing=("reason",)),), "drop")
    if not parts.store.drop(_id(id), reason):
        raise Refused((NOT_FOUND,), "drop")
    logger("delivery").info("dead letter %s is given up", id)


def _letter(row: OutboxRow) -> DeadLetter:
    return DeadLetter(
        as_text(row.id),
        row.kind,
        row.recipient,
        row.notifier,
        as_text(row.stream),
        row.key,
        row.tries,
        _queued(row),
        row.error or "",
    )


def _queued(row: OutboxRow) -> datetime:
    """Give when it was queued: its id begins with that."""
    return moment(int.from_bytes(row.id[:6], "big") * 1000)


def _id(text: str) -> bytes:
    id = as_bytes(text)
    if id is None:
        raise Refused((NOT_FOUND,), "dead_letters")
    return id
