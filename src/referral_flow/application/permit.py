"""Deny by default: who may do what, and who may see what. One answer for every process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from referral_flow.application.streams import Held
from referral_flow.application.unit import Unit
from referral_flow.engine.actor import Actor
from referral_flow.engine.rows import Party


def permits(unit: Unit, parties: Iterable[Party], state: Any, command: Any, actor: Actor) -> bool:
    """Say whether the actor is one of these parties to a stream."""
    # Written out: most parties are told apart by their role, without a call for each.
    for party in parties:
        if party.role == actor.role and _is(unit, party, state, command, actor):
            return True
    return False


def ask_above(unit: Unit, parties: Iterable[Party], states: Sequence[Any], actor: Actor) -> None:
    """Ask the register at once for the superiors by which many streams may be permitted."""
    judging = [party.of for party in parties if party.above and not party.person and party.of]
    unit.above((i for of in judging for s in states for i in of(s, None, actor)), unit.today)


def may_read(unit: Unit, held: Held, actor: Actor) -> bool:
    """Say whether the actor may see a stream at all."""
    return permits(unit, held.process.readers, held.state, None, actor)


def _is(unit: Unit, party: Party, state: Any, command: Any, actor: Actor) -> bool:
    """Say whether an actor of the party's role is that party."""
    if party.of is None:
        return True
    ids = party.of(state, command, actor)
    if party.person:
        return actor.person in ids
    if actor.committee is None:
        return False
    if party.above:
        return actor.committee in unit.above(ids, unit.today)
    return actor.committee in ids
