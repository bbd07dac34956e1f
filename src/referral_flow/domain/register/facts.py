"""What the rows of the register must know of its other entries."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.people import Committee
from referral_flow.domain.register.commands import AddCommittee, AddMember, AddVenue, MoveMember
from referral_flow.engine import At, Claim, Loaded, Needs
from referral_flow.engine.record import Record

HasCommittee = AddCommittee | AddMember | AddVenue | MoveMember


class EntryFacts(Record):
    """The committee that the entry belongs to, and who holds the entry's id."""

    committee: Committee | None
    holder: str | None

    @classmethod
    def needs(cls, _: Any, command: HasCommittee, _at: At[Any, Any]) -> Needs:
        """Ask for the committee and the claim on the id."""
        belongs = belongs_to(command)
        return Needs(committees=() if belongs is None else (belongs,), claims=(claim_of(command),))

    @classmethod
    def of(cls, loaded: Loaded, _: Any, command: HasCommittee, _at: At[Any, Any]) -> EntryFacts:
        """Make the facts from what was loaded."""
        return cls(
            loaded.committees.get(belongs_to(command) or ""),
            loaded.holders.get(claim_of(command)),
        )


def belongs_to(command: HasCommittee) -> str | None:
    """Give the id of the committee that an entry belongs to."""
    match command:
        case AddCommittee():
            return command.superior
        case AddMember() | MoveMember():
            return command.workplace
        case AddVenue():
            return command.residence


def claim_of(command: HasCommittee) -> Claim:
    """Give the claim on the entry's id."""
    match command:
        case AddCommittee():
            return Claim("committee", command.committee)
        case AddMember() | MoveMember():
            return Claim("member", command.member)
        case AddVenue():
            return Claim("venue", command.venue)
