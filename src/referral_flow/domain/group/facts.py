"""What the rows of a group must know of others."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.group.commands import OpenGroup
from referral_flow.domain.people import Committee, Member, Venue
from referral_flow.engine import Loaded, Needs
from referral_flow.engine.record import Record


class OpenFacts(Record):
    """The residence committee, the venue and the leader."""

    residence: Committee | None
    venue: Venue | None
    leader: Member | None

    @classmethod
    def needs(cls, _state: None, command: OpenGroup, _at: At[Any]) -> Needs:
        """Ask for what the command names."""
        return Needs(
            committees=(command.residence,),
            venues=() if command.venue is None else (command.venue,),
            members=() if command.leader is None else (command.leader,),
        )

    @classmethod
    def of(cls, loaded: Loaded, _state: None, command: OpenGroup, _at: At[Any]) -> OpenFacts:
        """Make the facts from what was loaded."""
        return cls(
            loaded.committees.get(command.residence),
            loaded.venues.get(command.venue or ""),
            loaded.members.get(command.leader or ""),
        )
