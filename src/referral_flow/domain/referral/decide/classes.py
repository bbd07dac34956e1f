"""What an allowed command changes: the class at work, and the conflict with the comment at home."""

from __future__ import annotations

from datetime import timedelta

from referral_flow.domain.at import At
from referral_flow.domain.people import Role
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.decide.parts import (
    CONFLICT_WAITS,
    OF_A_CONFLICT,
    cycle_of,
    to_committee,
    to_member,
)
from referral_flow.domain.referral.facts import (
    SuperiorFacts,
)
from referral_flow.domain.referral.guards.year_end import conflicts, cycle_meant
from referral_flow.domain.referral.state import (
    Referral,
)
from referral_flow.engine import Decision, Said, Tell


def classify(state: Referral, command: c.Classify, at: At[None]) -> Decision:
    """Record the class that rests on the comment, or propose one that it does not bear (S35)."""
    cycle = cycle_meant(command, at)
    params = {"cycle": str(cycle)}
    if conflicts(state, command, at):
        # Another proposal opens no second conflict: the two have no more time than they had.
        open_already = state.year_end.conflict is not None
        waits = at.start_of(at.on + timedelta(days=at.rules.reconcile.within + 1))
        return Decision(
            (e.ClassProposed(command.classification, cycle),),
            timers={} if open_already else {CONFLICT_WAITS: max(waits, at.now)},
            withdraw=OF_A_CONFLICT if open_already else (),
            messages=(Tell("conflict_opened", to_committee(state.residence), params),),
        )
    return Decision(
        (e.Classified(command.classification, cycle),),
        cancel=(CONFLICT_WAITS,),
        withdraw=OF_A_CONFLICT,
        messages=(
            Tell("class_given", to_committee(state.residence), params),
            Tell("class_given", to_member(state), params),
        ),
    )


def reconcile(state: Referral, command: c.Reconcile, at: At[SuperiorFacts]) -> Decision:
    """Offer a class, or agree to the other side's; a late superior settles alone (S35)."""
    cycle = state.year_end.cycle
    conflict = state.year_end.conflict
    agreed = conflict is not None and conflict.offer == command.classification
    words = {"reason": command.reason}
    if not agreed and at.actor.role != Role.SUPERIOR:
        other = state.residence if at.actor.role == Role.WORKPLACE else state.workplace
        offered = e.ReconcileOffered(command.classification, at.actor.role, cycle)
        return Decision(
            (Said(offered, words),), messages=(Tell("reconcile_offered", to_committee(other)),)
        )
    settled = e.Reconciled(command.classification, at.actor.role, cycle)
    params = {"cycle": str(cycle)}
    return Decision(
        (Said(settled, words),),
        cancel=(CONFLICT_WAITS,),
        withdraw=OF_A_CONFLICT,
        messages=tuple(
            Tell("class_given", to, params)
            for to in (
                to_committee(state.workplace),
                to_committee(state.residence),
                to_member(state),
            )
        ),
    )


def tell_conflict(_state: Referral, _: c.TellConflict, at: At[SuperiorFacts]) -> Decision:
    """Tell the superior of both that the conflict was not settled in time (S35)."""
    to = to_committee(at.facts.common[0]) if at.facts.common else None
    messages = () if to is None else (Tell("conflict_waits", to),)
    return Decision((e.ConflictTold(to, cycle_of(at)),), messages=messages)
