"""What a flow answers with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from referral_flow.engine.actor import Actor
from referral_flow.engine.record import Record
from referral_flow.engine.refusal import Refusal
from referral_flow.engine.verdict import Possibility

R_co = TypeVar("R_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)


class Done(Record, Generic[R_co]):
    """A command that was done: `value` is the stream as it was right after it.

    `repeated` says that it had been done before under the same `command_id`.
    """

    value: R_co
    stream: str
    version: int
    command_id: str
    events: tuple[str, ...]
    repeated: bool = False


class RefusedRow(Record):
    """One command of many that was not done, with its row (from 0) and every reason."""

    row: int
    command: str
    refusals: tuple[Refusal, ...]


class Many(Record):
    """What became of many commands."""

    done: int
    refused: tuple[RefusedRow, ...]


class Page(Record, Generic[T_co]):
    """A page of streams; `after` asks for the next one and is None on the last."""

    items: tuple[T_co, ...]
    after: str | None

    def __iter__(self) -> Iterator[T_co]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class HistoryEntry(Record):
    """One event: what, when it happened, when it was recorded, by whom, in whose name.

    `words` are the personal words beside it; None when they were erased.
    """

    version: int
    name: str
    on: date
    recorded_at: datetime
    actor: Actor
    was: str | None
    now: str | None
    event: Any
    words: Mapping[str, str] | None


class Explanation(Record):
    """What may be done with a stream now, by whoever asks."""

    stream: str
    kind: str
    state: str
    possibilities: tuple[Possibility, ...]


class Judgement(Record):
    """The full verdict on one command; nothing was changed."""

    command: str
    refusals: tuple[Refusal, ...]

    @property
    def allowed(self) -> bool:
        """Say whether the command would be done."""
        return not self.refusals


class WorkItem(Record):
    """Something that waits for a role: what, since when, and what resolves it."""

    finding: str
    rule: str
    kind: str
    stream: str
    since: date | None
    resolve: tuple[str, ...]
    data: Mapping[str, Any]


class Figures(Record):
    """The figures of a scope at the end of a day (S40).

    `counts` are the figures of the processes by code, `states` the streams by kind and
    state. `known_as_of` leaves out what was recorded later.
    """

    scope: str | None
    on: date
    known_as_of: datetime | None
    members: int
    eligible: int
    counts: Mapping[str, int]
    states: Mapping[str, Mapping[str, int]]


class Ticked(Record):
    """What `tick` did: timers fired, found out of date, and failed (they come again)."""

    fired: int = 0
    dropped: int = 0
    failed: int = 0


class Due(Record):
    """A timer that is due: the command that it would fire, and who would be told.

    `refusals` say why it would tell nobody: then `tick` drops it.
    """

    stream: str
    timer: str
    due: datetime
    command: str
    recipients: tuple[str, ...]
    refusals: tuple[Refusal, ...] = ()


class DeadLetter(Record):
    """A message that was given up: to whom and by what, why, and since when it waits."""

    id: str
    kind: str
    recipient: str
    notifier: str
    stream: str
    key: str
    tries: int
    queued: datetime
    reason: str


class Delivered(Record):
    """What `deliver` did with each message; those of a digest count each.

    `held` wait: for the end of the quiet hours, for their digest, or for the notifier.
    """

    accepted: int = 0
    retried: int = 0
    held: int = 0
    dropped: int = 0
    parked: int = 0
    lost: int = 0


class Fault(Record):
    """Something that does not agree with the history."""

    stream: str
    version: int
    problem: str


class Verified(Record):
    """What `verify` looked at and found."""

    streams: int
    events: int
    faults: tuple[Fault, ...] = ()
