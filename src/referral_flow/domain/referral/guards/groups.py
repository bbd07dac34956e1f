"""Why a member may not be put into a group, or called active: one function for each code."""

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.referral.facts import AdoptFacts, GroupFacts
from referral_flow.domain.referral.guards.asks import HasGroup
from referral_flow.domain.referral.state import Referral
from referral_flow.engine import Refusal


def group_is_known(_: Any, command: HasGroup, at: At[GroupFacts | AdoptFacts]) -> Refusal | None:
    """Refuse a group that does not exist."""
    if command.group is not None and at.facts.group is None:
        return Refusal("unknown_group", {"group": command.group})
    return None


def group_is_local(
    state: Referral | None, command: Any, at: At[GroupFacts | AdoptFacts]
) -> Refusal | None:
    """Refuse a group of another residence area (S8)."""
    group = at.facts.group
    residence = command.residence if state is None else state.residence
    if group is not None and group.residence != residence:
        return Refusal("group_elsewhere", {"group": command.group})
    return None


def group_is_no_cell(_: Any, command: HasGroup, at: At[GroupFacts | AdoptFacts]) -> Refusal | None:
    """Refuse the residential cell where the referral's own rule set forbids it (S9, S43)."""
    group = at.facts.group
    if group is not None and group.is_cell and not at.rules.group.cell_allowed:
        return Refusal("merged_into_cell", {"group": command.group})
    return None


def group_has_room(_: Any, command: HasGroup, at: At[GroupFacts | AdoptFacts]) -> Refusal | None:
    """Refuse a group at its limit (S10)."""
    group, rules = at.facts.group, at.facts.rules
    if group is not None and rules is not None and len(group.seats) >= rules.group.limit:
        return Refusal("group_full", {"group": command.group, "limit": rules.group.limit})
    return None


def group_is_open(_: Any, command: HasGroup, at: At[GroupFacts | AdoptFacts]) -> Refusal | None:
    """Refuse a group that was closed."""
    if at.facts.group is not None and not at.facts.group.is_open:
        return Refusal("group_closed", {"group": command.group})
    return None


def group_is_another(state: Referral, command: HasGroup, _at: At[GroupFacts]) -> Refusal | None:
    """Refuse the group that the member is in already."""
    if command.group == state.group:
        return Refusal("same_group", {"group": command.group})
    return None


def has_taken_part(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to call somebody active who was at no meeting."""
    part = state.taking_part
    if part.present == 0 and part.contributions == 0:
        return Refusal("no_participation_yet", {"called": part.called})
    return None
