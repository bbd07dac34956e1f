"""A process: rows, pure functions and names, all that the application needs to run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from referral_flow.engine.actor import Actor
from referral_flow.engine.at import At
from referral_flow.engine.command import Command
from referral_flow.engine.lifecycle import Lifecycle
from referral_flow.engine.record import Definition, Record, field
from referral_flow.engine.rows import Party


class Step(Record):
    """Where an event stands: what the row and the stream say of it, not the event itself."""

    stream: str
    version: int
    on: date
    recorded_at: datetime
    now: str
    actor: Actor


class Labels(Record):
    """What a stream is found and counted by; the store does not know what they mean.

    `requester` and `owner` are ids of committees; `mark` is a short text to count by;
    `due` is when something is overdue: a moment, or the end of a
    day in the installation's zone.
    """

    requester: str | None = None
    owner: str | None = None
    mark: str = ""
    due: date | datetime | None = None


class Finding(Definition):
    """Something that must not go unseen: derived from the snapshot, never stored.

    `when(state, at)` gives its data, or None when it does not hold; `tell` are the roles
    that see it; `resolve` the commands that settle it.
    """

    code: str
    rule: str
    tell: tuple[str, ...]
    when: Callable[[Any, At[Any, Any]], Mapping[str, Any] | None]
    resolve: tuple[type[Command[Any]], ...]


class Figure(Definition):
    """A number of streams at a date: `counts(state, mark, on, rules)` says which count."""

    code: str
    counts: Callable[[str, str, date, Any], bool]


class _Besides(Definition, kw_only=True):
    """What a process may have besides what every one has."""

    claims: Mapping[str, str] = field(factory=dict)
    timers: Mapping[str, Callable[[str], Command[Any]]] = field(factory=dict)
    settled: Mapping[str, Callable[[str, Mapping[str, Any], str], Command[Any]]] = field(
        factory=dict
    )
    rule_set: Callable[[Any], str] | None = None
    findings: tuple[Finding, ...] = ()
    figures: tuple[Figure, ...] = ()
    never: tuple[str, ...] = ()
    known_by: str | None = None
    totals: tuple[str, ...] = ()
    upcasters: Mapping[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = field(
        factory=dict
    )
    snapshot_format: int = 1


class Process(_Besides):
    """One kind of stream, whole and pure.

    `decide` gives, for each command, a function (state, command, at) -> Decision; its type
    is open because a checker joins functions of several commands to none. `events` and
    `upcasters` are by stored name (`referral.issued@1`); an upcaster gives
    the name and the fields of the next version. `claims` gives the refusal's code for a
    claim of that kind that is lost to another stream. `timers[name](stream)` makes the
    command that a timer fires. `settled[message kind](stream, params, outcome)` makes the
    command that notes what became of a message. `never` are states whose streams figures
    leave out, because they were entered in error. `known_by` is the
    kind of claim whose value may stand for the stream's id (`m-1`). `totals` are the roles
    that may count every stream and see none. `snapshot_format` rises when the snapshot's
    class changes, so that stored snapshots are made anew from their events.
    """

    kind: str
    lifecycle: Lifecycle
    snapshot: type[Any]
    events: Mapping[str, type[Any]]
    decide: Mapping[Any, Any]
    evolve: Callable[[Any, Any, Step], Any]
    labels: Callable[[Any], Labels]
    readers: tuple[Party, ...]
