"""Figures at a date, from the events alone: they can never disagree with the history."""

from __future__ import annotations

from datetime import date, datetime

from referral_flow.application.answers import Figures
from referral_flow.application.parts import microseconds
from referral_flow.application.unit import Unit
from referral_flow.engine.actor import Actor
from referral_flow.engine.refusal import NOT_FOUND, NOT_PERMITTED
from referral_flow.errors import Refused


def figures(
    unit: Unit, actor: Actor, scope: str | None, on: date | None, known_as_of: datetime | None
) -> Figures:
    """Count every process that has figures, within a committee and those below it."""
    scope = _scope(unit, actor, scope)
    day = on or unit.today
    either = None if scope is None else tuple(unit.directory.below(scope, day))
    known = None if known_as_of is None else microseconds(known_as_of)
    rules = unit.parts.rule_sets[unit.parts.default_rules]
    counts: dict[str, int] = {}
    states: dict[str, dict[str, int]] = {}
    for process in unit.parts.processes.values():
        if not process.figures:
            continue
        found = unit.parts.store.count(process.kind, day.isoformat(), known, either, process.never)
        by_state = dict.fromkeys(map(str, process.lifecycle.states), 0)
        for (state, _), number in found.items():
            by_state[state] = by_state.get(state, 0) + number
        states[process.kind] = by_state
        for figure in process.figures:
            counts[figure.code] = sum(
                number
                for (state, mark), number in found.items()
                if figure.counts(state, mark, day, rules)
            )
    return Figures(
        scope,
        day,
        known_as_of,
        unit.directory.count_members(scope, day),
        unit.directory.count_eligible(scope, day),
        counts,
        states,
    )


def _scope(unit: Unit, actor: Actor, scope: str | None) -> str | None:
    """Give the scope that the actor may count: their committee or one below it.

    A role that a process lists in `totals` may count everything; it sees no single stream.
    """
    if any(actor.role in process.totals for process in unit.parts.processes.values()):
        return scope
    reads = any(
        party.role == actor.role and not party.person
        for process in unit.parts.processes.values()
        if process.figures
        for party in process.readers
    )
    if not reads or actor.committee is None:
        raise Refused((NOT_PERMITTED,))
    asked = scope or actor.committee
    if asked != actor.committee and asked not in unit.directory.below(actor.committee, unit.today):
        raise Refused((NOT_FOUND,))
    return asked
