"""A referral that was adopted: how it begins here, and when it ceases to be as it was found."""

from __future__ import annotations

from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.state import (
    Adoption,
    Parties,
    Place,
    Referral,
    State,
    TakingPart,
    Timeline,
    YearEnd,
)
from referral_flow.engine import Step
from referral_flow.engine.record import change


def adopted(event: e.Adopted, step: Step) -> Referral:
    """Give the referral as it was found; what nobody knows stays open."""
    now = State(step.now)
    past = event.evaluation
    issued_on = event.paper.date or (event.since if now is State.ISSUED else None)
    return Referral(
        id=step.stream,
        state=now,
        rule_set=event.rule_set,
        parties=Parties(event.member, event.workplace, event.residence),
        paper=event.paper,
        timeline=Timeline(issued_on, event.deadline, step.on),
        place=Place(
            event.group,
            suspended_from=event.came_from if now is State.SUSPENDED else None,
            evaluated_from=event.came_from if now is State.EVALUATED else None,
        ),
        taking_part=TakingPart(event.cycle),
        year_end=YearEnd(event.cycle) if past is None else YearEnd(past.cycle, past.rating),
        exemption=event.exemption,
        adoption=Adoption(event.adopted_on, event.since, event.batch, event.row),
    )


def no_longer_as_found(state: Referral, adoption: Adoption, now: State) -> Referral:
    """Mark that something was recorded of it since, and whether it is in another state."""
    as_found = adoption.as_found and now is state.state
    if adoption.touched and adoption.as_found is as_found:
        return state
    return change(state, adoption=change(adoption, as_found=as_found, touched=True))
