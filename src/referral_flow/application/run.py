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
from referral_flow.application.unit import Happened, Held, Told, Unit, as_bytes
from referral_flow.engine.actor import Actor, system_for
from referral_flow.engine.at import At
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.decision import Decision, Said
from referral_flow.engine.judge import judge
from referral_flow.engine.lifecycle import Row
from referral_flow.engine.process import Process, Step
from referral_flow.engine.refusal import (
    NOT_FOUND,
    NOT_PERMITTED,
    Refusal,
    RefusalKind,
    not_allowed_in_state,
)
from referral_flow.errors import ConfigurationError, Refused

DEEPEST = 8
"""How many rows may call one another; more is a circle."""


def run(unit: Unit, command: Command[Any], actor: Actor, seed: bytes, depth: int = 0) -> Held:
    """Carry a command out in the unit and give the stream as it is afterwards.

    Raises Refused with every reason.
    """
    process = unit.parts.process_for(type(command))
    held = _addressed(unit, process, command)
    row = _row(unit, process, held, command, actor)
    state = None if held is None else held.state
    at, facts = _moment(unit, process, row, state, command, actor, seed)
    refusals = judge(row, state, command, at, facts)
    if refusals:
        # Who may not read the stream hears the first reason only: it is not theirs to know.
        if held is not None and not may_read(unit, held, actor):
            refusals = refusals[:1]
        raise Refused(refusals, name_of(type(command)))
    decision = process.decide[type(command)](state, command, at)
    after = _apply(unit, process, held, row, command, decision, at)
    if depth >= DEEPEST and decision.also:
        raise ConfigurationError(problem=f"{name_of(type(command))} calls rows in a circle")
    system = system_for(actor)
    unit.load(further.stream for further in decision.also if further.stream is not None)
    for number, further in enumerate(decision.also):
        run(unit, further, system, _seed(seed, number), depth + 1)
    return unit.stream(after.text) or after


def _seed(seed: bytes, number: int) -> bytes:
    return blake2b(number.to_bytes(4, "big"), key=seed, digest_size=16).digest()


def _addressed(unit: Unit, process: Process, command: Command[Any]) -> Held | None:
    if command.stream is None:
        return None
    held = unit.stream(command.stream, process)
    if held is None or held.process is not process:
        raise Refused((NOT_FOUND,), name_of(type(command)))
    return held


def _row(
    unit: Unit, process: Process, held: Held | None, command: Command[Any], actor: Actor
) -> Row:
    """Find the row, if the actor may use it; what is foreign answers like what is not there."""
    name = name_of(type(command))
    state, now = (None, None) if held is None else (held.state, held.now)
    row = process.lifecycle.row(now, type(command))
    if row is not None and permits(unit, row.by, state, command, actor):
        return row
    if held is None:
        raise Refused((NOT_PERMITTED,), name)
    if not may_read(unit, held, actor):
        raise Refused((NOT_FOUND,), name)
    rows = process.lifecycle.commands[type(command)]
    if row is not None or not any(permits(unit, r.by, state, command, actor) for r in rows):
        raise Refused((NOT_PERMITTED,), name)
    allowed_in = tuple(r.source for r in rows if r.source is not None)
    raise Refused((not_allowed_in_state(held.now, allowed_in),), name)


def _moment(
    unit: Unit,
    process: Process,
    row: Row,
    state: Any,
    command: Command[Any],
    actor: Actor,
    seed: bytes,
) -> tuple[At[Any, Any], Mapping[type[Any], Any]]:
    """Give the moment of the decision with the facts that the row reads."""
    bare = bare_moment(unit, unit.parts.rules_of(process, state), command.on, actor, seed)
    if not row.reads:
        return bare, {}
    facts = {}
    for reads in row.reads:
        loaded = unit.fetch(reads.needs(state, command, bare), bare.on)
        facts[reads] = reads.of(loaded, state, command, bare)
    main = row.transition.reads
    at = At(
        bare.now,
        bare.today,
        bare.on,
        actor,
        None if main is None else facts[main],
        bare.rules,
        seed,
        bare.zone,
    )
    return at, facts


def bare_moment(
    unit: Unit, rules: Any, on: date | None, actor: Actor, seed: bytes = b""
) -> At[Any, Any]:
    """Give a moment without facts."""
    today = unit.today
    return At(unit.now, today, on or today, actor, None, rules, seed, unit.parts.zone)


def _apply(
    unit: Unit,
    process: Process,
    held: Held | None,
    row: Row,
    command: Command[Any],
    decision: Decision,
    at: At[Any, Any],
) -> Held:
    """Let the events happen to the stream, and note all that goes with them."""
    name = name_of(type(command))
    if not decision.events:
        raise ConfigurationError(problem=f"{name} was allowed and decides nothing")
    target = row.target(None if held is None else held.state, command)
    if held is None:
        text = at.new()
        held = Held(as_bytes(text) or b"", text, process, None, "", 0, 0, "")
        created = True
    else:
        created = False
    _claims(unit, process, held, decision, command)
    for number, said in enumerate(decision.events):
        event, words = (said.event, said.words) if isinstance(said, Said) else (said, {})
        if command.late_reason and number == 0:
            words = {**words, "late_reason": command.late_reason}
        version = held.version + 1
        step = Step(held.text, version, at.on, at.now, target, at.actor)
        state = process.evolve(held.state, event, step)
        labels = process.labels(state)
        first = number == 0
        unit.happened.append(
            Happened(
                held.id,
                version,
                unit.parts.codec.event_name(event),
                event,
                at.actor,
                at.on,
                None if created and first else held.now,
                target,
                held.mark,
                labels.mark,
                labels.requester,
                labels.owner,
                at.command_id,
                words,
                decision.take if first else (),
                decision.free if first else (),
                decision.timers if first else {},
                decision.cancel if first else (),
            )
        )
        held = held._replace(state=state, now=target, version=version, mark=labels.mark)
    unit.put(held)
    unit.cancel(held.id, decision.cancel)
    unit.set_timers(held.id, decision.timers)
    unit.withdraw(held.id, decision.withdraw)
    for position, tell in enumerate(decision.messages):
        unit.tell(Told(held.id, held.text, held.version, position, tell))
    return held


def _claims(
    unit: Unit, process: Process, held: Held, decision: Decision, command: Command[Any]
) -> None:
    for claim in decision.free:
        unit.free(claim, held.text)
    for claim in decision.take:
        holder = unit.holders.get(claim)
        if holder is not None and holder != held.text:
            raise Refused((taken(unit.parts, claim.kind, claim.value),), name_of(type(command)))
        unit.take(claim, held.text)


def taken(parts: Parts, kind: str, value: str) -> Refusal:
    """Refuse because a claim is held by another stream, by the code of its process."""
    code = next(
        (p.claims[kind] for p in parts.processes.values() if kind in p.claims), "lost_race"
    )
    return Refusal(code, {"value": value}, kind=RefusalKind.LOST_RACE)
