"""What an actor may see: one stream, many of them, a history, what may be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from referral_flow.application.answers import Explanation, HistoryEntry, Page, WorkItem
from referral_flow.application.parts import Parts, microseconds, moment
from referral_flow.application.permit import ask_above, may_read, permits
from referral_flow.application.run import bare_moment
from referral_flow.application.streams import Held
from referral_flow.application.unit import Unit
from referral_flow.codec import read_words
from referral_flow.engine.actor import SYSTEM_ROLE, Actor
from referral_flow.engine.command import name_of
from referral_flow.engine.decision import Claim
from referral_flow.engine.explain import possibility
from referral_flow.engine.ids import as_bytes, as_text
from referral_flow.engine.process import Process
from referral_flow.engine.refusal import NOT_FOUND, NOT_PERMITTED
from referral_flow.errors import ConfigurationError, Refused
from referral_flow.ports import Query
from referral_flow.words.near import nearest

_PAGE = 500


def readable(unit: Unit, id: str, actor: Actor) -> Held:
    """Give a stream that the actor may see; raises Refused with `not_found` for any other."""
    known = (p for p in unit.parts.processes.values() if p.known_by is not None)
    held = next(
        (found for process in (None, *known) if (found := unit.stream(id, process)) is not None),
        None,
    )
    if held is None or not may_read(unit, held, actor):
        raise Refused((NOT_FOUND,))
    return held


def history(unit: Unit, id: str, actor: Actor, after: int, limit: int) -> list[HistoryEntry]:
    """Give the events of a stream, oldest first."""
    held = readable(unit, id, actor)
    codec = unit.parts.codec
    entries = []
    for row, words in unit.parts.store.history(held.id, after, limit):
        envelope = codec.read_envelope(row.data)
        spoken: Mapping[str, str] | None = {}
        if envelope.words is not None:
            spoken = None if words is None else read_words(words.data)
        entries.append(
            HistoryEntry(
                row.version,
                row.type,
                date.fromisoformat(row.day),
                moment(row.recorded_at),
                envelope.by,
                row.was,
                row.now,
                codec.read_event(row.type, envelope.event),
                spoken,
            )
        )
    return entries


def explain(unit: Unit, id: str, actor: Actor) -> Explanation:
    """Say of every command in the present state whether it may be done, and why not."""
    held = readable(unit, id, actor)
    lifecycle = held.process.lifecycle
    at = bare_moment(unit, unit.parts.rules_of(held.process, held.state), None, actor)
    rows = [
        row
        for row in lifecycle.rows_of(held.now)
        if any(party.role != SYSTEM_ROLE for party in row.by)
    ]
    return Explanation(
        held.text,
        held.process.kind,
        held.now or "",
        tuple(
            possibility(row, held.state, at, permits(unit, row.by, held.state, None, actor))
            for row in rows
        ),
    )


class Sought(NamedTuple):
    """Which streams are sought: of which kind, in which states, overdue, after which."""

    kind: str
    states: tuple[str, ...] | None = None
    overdue: bool = False
    after: str | None = None


def find(unit: Unit, actor: Actor, sought: Sought, limit: int) -> Page[Any]:
    """Find streams that the actor may see, a page at a time."""
    process = process_of(unit.parts, sought.kind)
    known = tuple(map(str, process.lifecycle.states))
    for state in sought.states or ():
        if state not in known:
            near = nearest(state, known) or ", ".join(known)
            problem = f"a {sought.kind} has no state {state!r}; did you mean {near}?"
            raise ConfigurationError(problem=problem)
    found: list[Any] = []
    last = b""
    # One more than the page says whether there is a next.
    for id, state in visible(unit, actor, sought, limit + 1):
        if len(found) == limit:
            return Page(tuple(found), as_text(last))
        found.append(state)
        last = id
    return Page(tuple(found), None)


def worklist(unit: Unit, actor: Actor, limit: int) -> list[WorkItem]:
    """Give what waits for the actor's role, the oldest first (S53)."""
    items: list[WorkItem] = []
    for process in unit.parts.processes.values():
        findings = [f for f in process.findings if actor.role in f.tell]
        if not findings:
            continue
        closed = {str(state) for state in process.lifecycle.closed}
        open_states = tuple(str(s) for s in process.lifecycle.states if str(s) not in closed)
        for id, state in visible(unit, actor, Sought(process.kind, open_states)):
            at = bare_moment(unit, unit.parts.rules_of(process, state), None, actor)
            for finding in findings:
                data = finding.when(state, at)
                if data is not None:
                    items.append(
                        WorkItem(
                            finding.code,
                            finding.rule,
                            process.kind,
                            as_text(id),
                            data.get("since"),
                            tuple(name_of(command) for command in finding.resolve),
                            data,
                        )
                    )
    items.sort(key=lambda item: (item.since or date.max, item.finding, item.stream))
    return items[:limit]


def visible(
    unit: Unit, actor: Actor, sought: Sought, most: int = _PAGE
) -> Iterator[tuple[bytes, Any]]:
    """Give the streams of a process that the actor may see, by id, loaded `most` at once.

    Each is its id and its state.
    """
    process = process_of(unit.parts, sought.kind)
    parties = [party for party in process.readers if party.role == actor.role]
    if not parties:
        raise Refused((NOT_PERMITTED,))
    claims = [Claim(p.claim, actor.person) for p in parties if p.claim is not None]
    if claims and all(p.person for p in parties):
        for stream in unit.holding(claims).values():
            held = unit.stream(stream)
            if held is not None and (sought.states is None or held.now in sought.states):
                yield held.id, held.state
        return
    either = _scope(unit, actor, parties)
    due = microseconds(unit.now) if sought.overdue else None
    key = None if sought.after is None else as_bytes(sought.after)
    most = min(most, _PAGE)
    while True:
        query = Query(process.kind, sought.states, either, due_before=due, after=key, limit=most)
        rows = unit.parts.store.find(query)
        states = [unit.snapshot(row, process) for row in rows]
        ask_above(unit, parties, states, actor)
        for row, state in zip(rows, states, strict=True):
            if permits(unit, parties, state, None, actor):
                yield row.id, state
        if len(rows) < most:
            return
        key = rows[-1].id


def _scope(unit: Unit, actor: Actor, parties: list[Any]) -> tuple[str, ...] | None:
    """Give the committees whose streams the actor may see; None where it may see all."""
    if any(party.of is None for party in parties):
        return None
    if any(party.person for party in parties):
        return None
    if actor.committee is None:
        return ()
    if any(party.above for party in parties):
        return tuple(unit.directory.below(actor.committee, unit.today))
    return (actor.committee,)


def process_of(parts: Parts, kind: str) -> Process:
    """Give a process by its kind; raises ConfigurationError for one that is not there."""
    process = parts.processes.get(kind)
    if process is None:
        known = ", ".join(parts.processes)
        raise ConfigurationError(problem=f"there is no process {kind!r}, only {known}")
    return process
