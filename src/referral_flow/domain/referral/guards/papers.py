"""Why a paper may not be issued or handed in: one function for each code."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.people import CommitteeKind
from referral_flow.domain.referral.commands import Submit
from referral_flow.domain.referral.facts import (
    IssueFacts,
    ReissueFacts,
    same_number,
)
from referral_flow.domain.referral.guards.asks import HasMember, HasPaper, HasResidence
from referral_flow.domain.referral.state import Referral
from referral_flow.engine import Refusal


def member_is_known(_: None, command: HasMember, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a member whom the register does not have (S1)."""
    if at.facts.member is None:
        return Refusal("unknown_member", {"member": command.member})
    return None


def member_is_own(_: None, command: HasMember, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a member who is managed by another workplace committee (S1)."""
    member = at.facts.member
    if member is not None and member.workplace != at.actor.committee:
        return Refusal("not_own_member", {"member": command.member})
    return None


def member_is_still_own(state: Referral, _: Any, at: At[ReissueFacts]) -> Refusal | None:
    """Refuse to reissue for a member who has gone to another workplace (S7)."""
    member = at.facts.member
    if member is None or member.workplace != at.actor.committee:
        return Refusal("not_own_member", {"member": state.member})
    return None


def _asks_of_own(at: At[IssueFacts]) -> bool:
    """Say whether the member is the actor's: of others' members nothing more is told."""
    member = at.facts.member
    return member is not None and member.workplace == at.actor.committee


def member_may_be_introduced(_: None, command: HasMember, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a member who is marked as not to be introduced."""
    member = at.facts.member
    if member is not None and not member.introduce and _asks_of_own(at):
        return Refusal("not_to_be_introduced", {"member": command.member})
    return None


def residence_is_known(_: None, command: HasResidence, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a committee that the register does not have."""
    if at.facts.residence is None:
        return Refusal("unknown_committee", {"committee": command.residence})
    return None


def residence_is_a_residence(_: None, command: HasResidence, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a committee that receives nobody."""
    residence = at.facts.residence
    if residence is not None and residence.kind is not CommitteeKind.RESIDENCE:
        return Refusal("not_a_residence_committee", {"committee": command.residence})
    return None


def no_other_referral_is_open(_: None, command: HasMember, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a second open referral of one member."""
    if at.facts.open_referral is not None and _asks_of_own(at):
        return Refusal("open_referral_exists", {"member": command.member})
    return None


def paper_is_new(_: Any, command: HasPaper, at: At[IssueFacts | ReissueFacts]) -> Refusal | None:
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
    """Refuse a number that is not that of the paper issued."""
    if same_number(command.paper_number) != same_number(state.paper.number):
        return Refusal("paper_mismatch", {"number": command.paper_number})
    return None
