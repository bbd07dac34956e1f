"""A paper sent back: its command and what stands in its rows, for peers that write the same.

It needs nothing but the standard library, as `measuring` does.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

Columns = dict[str, Any]

_HERE = timezone(timedelta(hours=7))
_LIMIT = 30  # days
_SECRET = os.urandom(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMAT = b"2:"


class Actor(NamedTuple):
    """Who asks, and for which committee."""

    person: str
    role: str
    committee: str


class ReturnPaper(NamedTuple):
    """Send the paper of a referral back."""

    referral: bytes
    reason: str
    on: date | None = None
    late_reason: str | None = None


class Asked(NamedTuple):
    """A command in hand: by whom it is asked for, and when."""

    command: ReturnPaper
    actor: Actor
    now: datetime
    today: date

    @property
    def on(self) -> date:
        """Give the day for which it is asked."""
        return self.command.on or self.today

    def comes_from(self, residence: str | None) -> bool:
        """Say whether the committee that receives asks."""
        return self.actor.role == "residence" and self.actor.committee == residence

    @property
    def reason_given(self) -> bool:
        """Say whether a reason is given in words."""
        return bool(self.command.reason.strip())

    @property
    def not_in_future(self) -> bool:
        """Say whether the day has come."""
        return self.on <= self.today

    def not_before(self, last_step: str) -> bool:
        """Say whether the day is not before the last change of state."""
        return self.on.isoformat() >= last_step

    @property
    def not_too_far_back(self) -> bool:
        """Say whether the day is within the limit, or a reason is given for it."""
        near = (self.today - self.on).days <= _LIMIT
        return near or bool((self.command.late_reason or "").strip())


OFFICE = Actor("u-1", "workplace", "w-2")
WARD = Actor("u-9", "residence", "r-7")


def today() -> date:
    """Give the day that it is here."""
    return datetime.now(_HERE).date()


def asked(command: ReturnPaper, actor: Actor) -> Asked:
    """Give a command as it is asked for now."""
    now = datetime.now(_HERE)
    return Asked(command, actor, now, now.date())


class Rows(NamedTuple):
    """What a command writes besides its stream, column by column."""

    command: Columns
    event: Columns
    words: Columns
    message: Columns


def rows_of(asked: Asked, version: int, stream: Any) -> Rows:
    """Give the rows of a paper sent back; `version` is that of the event in its stream."""
    command, actor, now, _ = asked
    at = _microseconds(now)
    done = _command("return_paper", command[1:], actor, wrote=(command.referral, version), at=at)
    spoken, salt = _json({"reason": command.reason}), os.urandom(16)
    data = {
        "by": actor._asdict(),
        "event": {"cycle": asked.on.year},
        "words": blake2b(spoken, key=salt, digest_size=16).hexdigest(),
    }
    event = {
        "stream": command.referral,
        "version": version,
        "recorded_at": at,
        "day": asked.on.isoformat(),
        "type": "referral.returned@1",
        "was": "submitted",
        "now": "returned",
        "was_mark": stream.mark,
        "mark": stream.mark,
        "requester": stream.requester,
        "owner": stream.owner,
        "command": done["id"],
        "data": _json(data),
    }
    return Rows(
        done,
        _hashed(event),
        {"stream": command.referral, "version": version, "salt": salt, "data": spoken},
        _message(
            (command.referral, version, 0), "paper_returned", f"committee:{stream.requester}", at
        ),
    )


def facts_of(data: bytes) -> Columns:
    """Read a snapshot."""
    return dict(json.loads(data.removeprefix(_FORMAT)))


def returned(facts: Mapping[str, Any], asked: Asked) -> bytes:
    """Write the snapshot of a referral whose paper is sent back."""
    timeline = {**facts["timeline"], "last_step": asked.on.isoformat()}
    return _FORMAT + _json({**facts, "state": "returned", "timeline": timeline})


class Earlier(NamedTuple):
    """What stands in the store of a paper that is handed in, before it is sent back."""

    stream: Columns
    commands: tuple[Columns, ...]
    events: tuple[Columns, ...]
    messages: tuple[Columns, ...]


def handed_in(n: int) -> Earlier:
    """Give the rows of a paper that was issued and handed in."""
    now = datetime.now(_HERE)
    at = _microseconds(now)
    id = _key(at) + os.urandom(10)
    facts = _facts(n, id, now.date())
    member, number = facts["parties"]["member"], facts["paper"]["number"]
    commands = (
        _command("issue", (member, number), OFFICE, wrote=(id, 1), at=at),
        _command("submit", (number,), WARD, wrote=(id, 2), at=at),
    )
    return Earlier(
        _stream(id, facts),
        commands,
        tuple(
            _earlier_event(facts, (id, version), at, command["id"])
            for version, command in enumerate(commands, 1)
        ),
        (
            _message((id, 1, 0), "paper_issued", f"member:{member}", at, "withdrawn"),
            _message((id, 1, 1), "paper_to_expect", "committee:r-7", at, "withdrawn"),
            _message((id, 2, 0), "paper_received", "committee:w-2", at),
        ),
    )


def _facts(n: int, id: bytes, today: date) -> Columns:
    day, deadline = today.isoformat(), (today + timedelta(days=30)).isoformat()
    return {
        "id": str(UUID(bytes=id)),
        "state": "submitted",
        "rule_set": "directive-22-1999",
        "parties": {
            "member": f"m-{n}",
            "workplace": OFFICE.committee,
            "residence": WARD.committee,
        },
        "paper": {"number": f"{n}/GT", "date": day},
        "timeline": {
            "issued_on": day,
            "deadline": deadline,
            "last_step": day,
            "submitted_on": day,
        },
        "place": {},
        "taking_part": {"cycle": today.year},
        "year_end": {"cycle": today.year},
        "links": {},
    }


def _mark(facts: Columns) -> str:
    return f"{facts['year_end']['cycle']}:"


def _stream(id: bytes, facts: Columns) -> Columns:
    return {
        "id": id,
        "kind": "referral",
        "version": 2,
        "state": "submitted",
        "requester": OFFICE.committee,
        "owner": WARD.committee,
        "mark": _mark(facts),
        "due": None,
        "data": _FORMAT + _json(facts),
    }


def _earlier_event(facts: Columns, place: tuple[bytes, int], at: int, command: bytes) -> Columns:
    """Give the row of the first event, by which it was issued, or of the second."""
    issued = place[1] == 1
    actor = OFFICE if issued else WARD
    said = {**facts["parties"], "paper": facts["paper"]} if issued else {"late_by": 0}
    return _hashed(
        {
            "stream": place[0],
            "version": place[1],
            "recorded_at": at,
            "day": facts["timeline"]["last_step"],
            "type": "referral.issued@1" if issued else "referral.submitted@1",
            "was": None if issued else "issued",
            "now": "issued" if issued else "submitted",
            "was_mark": "" if issued else _mark(facts),
            "mark": _mark(facts),
            "requester": OFFICE.committee,
            "owner": WARD.committee,
            "command": command,
            "data": _json({"by": actor._asdict(), "event": {**said, **facts["year_end"]}}),
        }
    )


def _command(
    name: str, body: tuple[Any, ...], actor: Actor, *, wrote: tuple[bytes, int], at: int
) -> Columns:
    """Give the row of a command, with the keyed digest of who asked for what."""
    stream, version = wrote
    asked_for = _json((name, stream, body, actor))
    return {
        "id": _key(at) + os.urandom(10),
        "digest": blake2b(asked_for, key=_SECRET, digest_size=16).digest(),
        "at": at,
        "ranges": _json((stream, version, version, name)),
    }


def _hashed(event: Columns) -> Columns:
    """Add the hash of an event's columns, and those for which it does not stand."""
    proof = blake2b(_json([*event.values()]), digest_size=16).digest()
    return {**event, "hash": proof, "kind": "referral", "left_requester": None, "left_owner": None}


def _message(
    place: tuple[bytes, int, int], kind: str, to: str, at: int, state: str = "waiting"
) -> Columns:
    stream, version, position = place
    key = f"{stream.hex()}/{version}/{position}"
    return {
        "id": _key(at) + blake2b(f"{key}/log".encode(), digest_size=10).digest(),
        "stream": stream,
        "version": version,
        "position": position,
        "notifier": "log",
        "kind": kind,
        "key": key,
        "data": _json({"to": to, "params": {}}),
        "tries": 0,
        "due": at,
        "lease": None,
        "state": state,
        "error": None,
        "lease_until": None,
        "recipient": to,
    }


def _key(at: int) -> bytes:
    """Give the six bytes with which an id begins, so that what is new lies side by side."""
    return (at // 1000).to_bytes(6, "big")


def _microseconds(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=bytes.hex)


def _json(value: Any) -> bytes:
    return _encoder.encode(value).encode()
