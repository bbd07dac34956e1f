"""The steps of a command: permit, row, facts, guards, decide, apply. Read this file first.

Everything happens in a unit; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any

from referral_flow.application.parts import Parts
from referral_flow.application.permit import may_read, permits
from referral_flow.application.streams import Happened, Held, Told
from referral_flow.application.unit import Unit
from referral_flow.engine.actor import Actor, system_for
from referral_flow.engine.at import At
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.decision import Decision, Said
from referral_flow.engine.ids import as_bytes
from referral_flow.engine.judge import judge
from referral_flow.engine.lifecycle import Row
from referral_flow.engine.process import Process, Step
from referral_flow.engine.record import Record
from referral_flow.engine.refusal import (
    NOT_FOUND,
    NOT_PERMITTED,
    Refusal,
    RefusalKind,
    not_allowed_in_state,
)
from referral_flow.errors import ConcurrencyError, ConfigurationError, Refused
from referral_flow.logs import logger

DEEPEST = 8
"""How many rows may call one another; more is a circle."""


class _Asked(Record):
    """One command on its way: who asks it of which stream."""

    unit: Unit
    process: Process
    held: Held | None
    state: Any
    command: Command[Any]
    actor: Actor
    seed: bytes

    @property
    def name(self) -> str:
        return name_of(type(self.command))

    def permits(self, row: Row) -> bool:
        return permits(self.unit, row.by, self.state, self.command, self.actor)

    def may_read(self, held: Held) -> bool:
        return may_read(self.unit, held, self.actor)


def run(
    unit: Unit,
    command: Command[Any],
    actor: Actor,
    seed: bytes,
    depth: int = 0,
    *,
    expected: int | None = None,
) -> Held:
    """Carry a command out in the unit and give the stream as it is afterwards.

    Raises Refused with every reason; ConcurrencyError when the stream is not at the
    `expected` version, which only those may learn who may use the row.
    """
    process = unit.parts.process_for(type(command))
    held = _addressed(unit, process, command)
    state = None if held is None else held.state
    asked = _Asked(unit, process, held, state, command, actor, seed)
    row = _row(asked)
    if held is not None and expected is not None and held.version != expected:
        raise ConcurrencyError(stream=held.text, expected=expected, found=held.version)
    at, facts = _moment(asked, row, state)
    refusals = judge(row, state, command, at, facts)
    if refusals:
        _log_crashes(asked, refusals)
        # Who may not read the stream hears the first reason only: it is not theirs to know.
        if held is not None and not asked.may_read(held):
            refusals = refusals[:1]
        raise Refused(refusals, asked.name)
    decision = process.decide[type(command)](state, command, at)
    after = _apply(asked, row, decision, at)
    if not decision.also:
        return after
    _run_also(asked, decision, depth)
    # One of those rows may lead back to this stream.
    return unit.stream(after.text) or after


def _log_crashes(asked: _Asked, refusals: tuple[Refusal, ...]) -> None:
    for refusal in refusals:
        if refusal.kind is RefusalKind.CRASHED:
            logger("guards").error(
                "guard %s of %s crashed: %s", refusal.guard, asked.name, refusal.data
            )


def _run_also(asked: _Asked, decision: Decision, depth: int) -> None:
    """Run the rows of other streams that a decision calls, in the name of the actor."""
    if depth >= DEEPEST:
        raise ConfigurationError(problem=f"{asked.name} calls rows in a circle")
    system = system_for(asked.actor)
    asked.unit.load(c.stream for c in decision.also if c.stream is not None)
    for number, further in enumerate(decision.also):
        key = blake2b(number.to_bytes(4, "big"), key=asked.seed, digest_size=16).digest()
        run(asked.unit, further, system, key, depth + 1)


def _addressed(unit: Unit, process: Process, command: Command[Any]) -> Held | None:
    stream = command.stream
    if stream is None:
        return None
    held = unit.stream(stream, process)
    if held is None or held.process is not process:
        raise Refused((NOT_FOUND,), name_of(type(command)))
    return held


def _row(asked: _Asked) -> Row:
    """Find the row, if the actor may use it; what is foreign answers like what is not there."""
    lifecycle, held = asked.process.lifecycle, asked.held
    row = lifecycle.row(None if held is None else held.now, type(asked.command))
    if row is not None and asked.permits(row):
        return row
    if held is None:
        raise Refused((NOT_PERMITTED,), asked.name)
    if not asked.may_read(held):
        raise Refused((NOT_FOUND,), asked.name)
    rows = lifecycle.commands[type(asked.command)]
    if row is not None or not any(asked.permits(r) for r in rows):
        raise Refused((NOT_PERMITTED,), asked.name)
    allowed_in = tuple(r.source for r in rows if r.source is not None)
    raise Refused((not_allowed_in_state(held.now or "", allowed_in),), asked.name)


def _moment(asked: _Asked, row: Row, state: Any) -> tuple[At[Any, Any], Mapping[type[Any], Any]]:
    """Give the moment of the decision with the facts that the row reads."""
    unit, command = asked.unit, asked.command
    rules = unit.parts.rules_of(asked.process, state)
    facts = {}
    if row.reads:
        bare = bare_moment(unit, rules, command.on, asked.actor, asked.seed)
        for reads in row.reads:
            loaded = unit.fetch(reads.needs(state, command, bare), bare.on)
            facts[reads] = reads.of(loaded, state, command, bare)
    # The time is that after loading: no event that was read can be younger than this one.
    unit.refresh()
    at = bare_moment(unit, rules, command.on, asked.actor, asked.seed)
    main = row.transition.reads
    return at if main is None else at.with_facts(facts[main]), facts


def bare_moment(
    unit: Unit, rules: Any, on: date | None, actor: Actor, seed: bytes = b""
) -> At[Any, Any]:
    """Give a moment without facts."""
    today = unit.today
    return At(unit.now, today, on or today, actor, None, rules, seed, unit.parts.zone)


def _apply(asked: _Asked, row: Row, decision: Decision, at: At[Any, Any]) -> Held:
    """Let the events happen to the stream, and note all that goes with them."""
    if not decision.events:
        raise ConfigurationError(problem=f"{asked.name} was allowed and decides nothing")
    unit, process, held = asked.unit, asked.process, asked.held
    target = row.fixed or row.target(asked.state, asked.command)
    if held is None:
        text = at.new()
        held = Held(as_bytes(text) or b"", text, process, None, None, 0, 0)
    if decision.free or decision.take:
        _claims(asked, held, decision)
    beside, late = decision, asked.command.late_reason
    for said in decision.events:
        event, words = (said.event, said.words) if isinstance(said, Said) else (said, {})
        if late:
            words = {**words, "late_reason": late}
        version = held.version + 1
        step = Step(held.text, version, at.on, at.now, target, at.actor)
        state = process.evolve(held.state, event, step)
        labels = process.labels(state)
        after = Held(held.id, held.text, process, state, target, version, held.loaded, labels)
        name = unit.parts.codec.event_name(event)
        unit.happened.append(Happened(held, after, name, event, at, unit.command, words, beside))
        # What goes with the decision is written once, with its first event.
        held, beside, late = after, _NOTHING_BESIDE, None
    unit.put(held)
    # Most decisions have none or few of these: what is empty is not gone through.
    if decision.cancel:
        unit.cancel(held.id, decision.cancel)
    if decision.timers:
        unit.set_timers(held.id, decision.timers)
    if decision.withdraw:
        unit.withdraw(held.id, decision.withdraw)
    for position, tell in enumerate(decision.messages):
        unit.tell(Told(held.id, held.text, held.version, position, tell))
    return held


_NOTHING_BESIDE = Decision(())


def _claims(asked: _Asked, held: Held, decision: Decision) -> None:
    unit = asked.unit
    for claim in decision.free:
        unit.free(claim, held.text)
    for claim in decision.take:
        holder = unit.holders.get(claim)
        if holder is not None and holder != held.text:
            raise Refused((taken(unit.parts, claim.kind, claim.value),), asked.name)
        unit.take(claim, held.text)


def taken(parts: Parts, kind: str, value: str) -> Refusal:
    """Refuse because a claim is held by another stream, by the code of its process."""
    code = next((p.claims[kind] for p in parts.processes.values() if kind in p.claims), "lost_race")
    return Refusal(code, {"value": value}, kind=RefusalKind.LOST_RACE)
