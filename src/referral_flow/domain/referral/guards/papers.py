"""Why a paper may not be issued or handed in: one function for each code."""

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.people import CommitteeKind, Role
from referral_flow.domain.referral.commands import Amend, Submit
from referral_flow.domain.referral.facts import (
    MemberFacts,
    PartyFacts,
    ReissueFacts,
    same_number,
)
from referral_flow.domain.referral.guards.asks import (
    HasExemption,
    HasMember,
    HasPaper,
    HasResidence,
)
from referral_flow.domain.referral.state import KnownPaper, Referral, State
from referral_flow.engine import Refusal


def member_is_known(_: None, command: HasMember, at: At[PartyFacts]) -> Refusal | None:
    """Refuse a member whom the register does not have (S1)."""
    if at.facts.member is None:
        return Refusal("unknown_member", {"member": command.member})
    return None


def member_is_own(_: None, command: HasMember, at: At[PartyFacts]) -> Refusal | None:
    """Refuse a member who is managed by another workplace committee (S1)."""
    member = at.facts.member
    if member is not None and member.workplace != at.facts.issuer:
        return Refusal("not_own_member", {"member": command.member})
    return None


def member_is_still_own(state: Referral, _: Any, at: At[ReissueFacts]) -> Refusal | None:
    """Refuse to reissue for a member who has gone to another workplace (S7)."""
    member = at.facts.member
    if member is None or member.workplace != at.actor.committee:
        return Refusal("not_own_member", {"member": state.member})
    return None


def _asks_of_own(at: At[PartyFacts]) -> bool:
    """Say whether the member is the issuer's: of others' members nothing more is told."""
    member = at.facts.member
    return member is not None and member.workplace == at.facts.issuer


def member_may_be_introduced(_: None, command: HasMember, at: At[PartyFacts]) -> Refusal | None:
    """Refuse a member who is marked as not to be introduced."""
    member = at.facts.member
    if member is not None and not member.introduce and _asks_of_own(at):
        return Refusal("not_to_be_introduced", {"member": command.member})
    return None


def residence_is_known(_: None, command: HasResidence, at: At[PartyFacts]) -> Refusal | None:
    """Refuse a committee that the register does not have."""
    if at.facts.residence is None:
        return Refusal("unknown_committee", {"committee": command.residence})
    return None


def residence_is_a_residence(_: None, command: HasResidence, at: At[PartyFacts]) -> Refusal | None:
    """Refuse a committee that receives nobody."""
    residence = at.facts.residence
    if residence is not None and residence.kind is not CommitteeKind.RESIDENCE:
        return Refusal("not_a_residence_committee", {"committee": command.residence})
    return None


def no_other_referral_is_open(_: None, command: HasMember, at: At[PartyFacts]) -> Refusal | None:
    """Refuse a second open referral of one member."""
    if at.facts.open_referral is not None and _asks_of_own(at):
        held = at.facts.open_referral
        return Refusal("open_referral_exists", {"member": command.member, "referral": held})
    return None


def paper_is_new(_: Any, command: HasPaper, at: At[PartyFacts | ReissueFacts]) -> Refusal | None:
    """Refuse a number that the issuer has used in that year."""
    if at.facts.paper_holder is not None:
        return Refusal(
            "duplicate_paper",
            {"number": command.paper.number, "year": str(command.paper.date.year)},
        )
    return None


def right_residence(state: Referral, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse a committee to which the paper is not addressed; tell it nothing else."""
    return None if at.actor.committee == state.residence else Refusal("wrong_residence")


def paper_matches(state: Referral, command: Submit, _at: At[Any]) -> Refusal | None:
    """Refuse a number that is not that of the paper issued, as far as that is known."""
    known = state.paper.number
    if known is not None and same_number(command.paper_number) != same_number(known):
        return Refusal("paper_mismatch", {"number": command.paper_number})
    return None


# --- exemption


def exemption_is_in_rule_set(_: None, command: HasExemption, at: At[Any]) -> Refusal | None:
    """Refuse an exemption on the paper where the rule set knows none."""
    if command.exemption is not None and not at.rules.exemption.grounds:
        return Refusal("not_in_rule_set", {"rule_set": at.rules.name})
    return None


def exemption_has_known_ground(_: None, command: HasExemption, at: At[Any]) -> Refusal | None:
    """Refuse an exemption on a ground that the rule set does not have."""
    known = at.rules.exemption.grounds
    if command.exemption is not None and known and command.exemption.ground not in known:
        return Refusal("unknown_ground", {"ground": command.exemption.ground, "known": known})
    return None


def exemption_has_expiry(_: None, command: HasExemption, at: At[Any]) -> Refusal | None:
    """Refuse an exemption without a day on which it ends, or with one that is past."""
    if command.exemption is None:
        return None
    until = command.exemption.until
    return None if until is not None and until > at.on else Refusal("expiry_required")


def deadline_or_paper_changes(state: Referral, command: Amend, _at: At[Any]) -> Refusal | None:
    """Refuse an amendment that changes nothing."""
    now = (state.paper, state.timeline.deadline, state.timeline.submitted_on)
    given = (command.paper and KnownPaper.of(command.paper), command.deadline, command.submitted_on)
    if all(new is None or new == old for new, old in zip(given, now, strict=True)):
        return Refusal("nothing_changed")
    return None


def whoever_recorded(state: Referral, command: Amend, at: At[Any]) -> Refusal | None:
    """Let each side amend only what it recorded itself: the paper, or its submission."""
    of_workplace = command.paper is not None or command.deadline is not None
    of_residence = command.submitted_on is not None
    foreign = {Role.WORKPLACE: of_residence, Role.RESIDENCE: of_workplace}
    if foreign.get(Role(at.actor.role), False):
        return Refusal("recorded_by_other")
    return None


def submission_is_there(state: Referral, command: Amend, at: At[Any]) -> Refusal | None:
    """Refuse a day of submission where none is recorded, or one that cannot be."""
    if command.submitted_on is None:
        return None
    # An adopted referral may have been handed in on a day that nobody wrote down.
    before = state.adoption is None or state.state in (State.ISSUED, State.RETURNED)
    if state.timeline.submitted_on is None and before:
        return Refusal("not_submitted_yet")
    if command.submitted_on > at.today:
        return Refusal("date_in_future", {"on": command.submitted_on, "today": at.today})
    issued_on = state.timeline.issued_on
    if issued_on is not None and command.submitted_on < issued_on:
        return Refusal("before_last_step", {"on": command.submitted_on, "last_step": issued_on})
    return None


# --- after another place of work, or another home


def workplace_is_another(state: Referral, at: At[Any]) -> Refusal | None:
    """Refuse to take over what one has already."""
    return Refusal("same_workplace") if at.actor.committee == state.workplace else None


def member_has_come(_: Referral, _command: Any, at: At[MemberFacts]) -> Refusal | None:
    """Refuse a member who is managed by another committee; tell it nothing else."""
    member = at.facts.member
    if member is None or member.workplace != at.actor.committee:
        return Refusal("not_own_member")
    return None


def has_moved(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to transfer a member whose referral did not end by a move."""
    reason = state.ended_for or ""
    return None if reason == "moved" else Refusal("only_for_a_move", {"reason": reason})


def not_transferred_yet(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse a second transfer."""
    if state.links.onward is not None:
        return Refusal("already_transferred", {"onward": state.links.onward})
    return None


def paper_is_overdue(state: Referral, at: At[Any]) -> Refusal | None:
    """Refuse to tell of a paper that is not overdue: it was issued anew meanwhile."""
    deadline = state.timeline.deadline
    overdue = deadline is not None and at.today > deadline
    return None if overdue else Refusal("not_overdue", {"deadline": deadline})
