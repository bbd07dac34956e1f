"""Deny by default: who may do what, and who may see what. One answer for every process."""

from __future__ import annotations

from collections.abc import Iterable
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


def ask_above(unit: Unit, parties: Iterable[Party], states: Iterable[Any], actor: Actor) -> None:
    """Ask the register at once for the superiors by which many streams may be permitted."""
    superiors = [party.of for party in parties if party.above and party.of is not None]
    ids = [id for of in superiors for state in states for id in of(state, None, actor)]
    if ids:
        unit.above((id for id in ids if id is not None), unit.today)


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
        return actor.committee in unit.above((i for i in ids if i is not None), unit.today)
    return actor.committee in ids
