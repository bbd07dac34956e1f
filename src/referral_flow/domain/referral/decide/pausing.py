"""What an allowed command changes: pause, exemption and end."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.decide.parts import (
    EXEMPTION_ENDS,
    cycle_of,
    exemption_ends,
    leave,
    to_committee,
)
from referral_flow.domain.referral.facts import (
    open_referral,
)
from referral_flow.domain.referral.state import (
    Exemption,
    Referral,
    State,
)
from referral_flow.engine import EVERYTHING, Decision, Said, Tell


def suspend(_state: Referral, command: c.Suspend, at: At[None]) -> Decision:
    """Pause, and remember who did it."""
    event = e.Suspended(at.actor.role, cycle_of(at))
    return Decision((Said(event, {"reason": command.reason}),))


def resume(_state: Referral, _: c.Resume, at: At[None]) -> Decision:
    """Go on."""
    return Decision((e.Resumed(cycle_of(at)),))


def exempt(state: Referral, command: c.Exempt, at: At[None]) -> Decision:
    """Exempt the member from meetings: the place in the group is free."""
    exemption = Exemption(command.ground, command.until)
    return Decision(
        (e.Exempted(exemption, cycle_of(at)),),
        also=leave(state, at),
        timers=exemption_ends(exemption, at),
        withdraw=("assigned_to_group",),
        messages=(Tell("exempted", to_committee(state.residence), {"until": command.until}),),
    )


def lift_exemption(state: Referral, _: c.LiftExemption, at: At[None]) -> Decision:
    """Let the member take part again, from the paper on."""
    return Decision(
        (e.ExemptionLifted(cycle_of(at)),),
        cancel=(EXEMPTION_ENDS,),
        messages=(Tell("exemption_lifted", to_committee(state.residence)),),
    )


def end(state: Referral, command: c.End, at: At[None]) -> Decision:
    """End it: the place in the group is free, and nothing more is due or sent (S58)."""
    ended: Any = e.Ended(command.reason, cycle_of(at))
    if command.words is not None:
        ended = Said(ended, {"words": command.words})
    return Decision(
        (ended,),
        also=leave(state, at),
        free=(open_referral(state.member),),
        cancel=EVERYTHING,
        withdraw=EVERYTHING,
        messages=(
            Tell(
                "transfer_to_expect" if command.reason == "retired" else "referral_ended",
                to_committee(state.residence),
            ),
            Tell("referral_ended", to_committee(state.workplace)),
        ),
    )


def void(state: Referral, command: c.Void, at: At[None]) -> Decision:
    """Keep it as entered in error; its paper's number stays used."""
    return Decision(
        (Said(e.Voided(cycle_of(at)), {"reason": command.reason}),),
        also=leave(state, at),
        free=() if state.state is State.ENDED else (open_referral(state.member),),
        cancel=EVERYTHING,
        withdraw=EVERYTHING,
    )
