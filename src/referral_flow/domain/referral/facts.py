"""What the rows of a referral must know of others."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from attrs import frozen

from referral_flow.domain.at import At
from referral_flow.domain.group.state import Group
from referral_flow.domain.people import Committee, Member
from referral_flow.domain.referral.commands import (
    Amend,
    Assign,
    Issue,
    IssueOnward,
    Reassign,
    Reissue,
)
from referral_flow.domain.referral.state import Referral
from referral_flow.domain.rules import RuleSet
from referral_flow.engine import Claim, Loaded, Needs


def open_referral(member: str) -> Claim:
    """Give the claim of which a member has one at a time."""
    return Claim("open_referral", member)


def paper_number(issuer: str, number: str, on: date) -> Claim:
    """Give the claim on a paper's number: one for each issuer and year."""
    return Claim("paper", f"{issuer}/{on.year}/{same_number(number)}")


def same_number(number: str) -> str:
    """Write a paper's number in the one way in which it is compared."""
    return " ".join(unicodedata.normalize("NFC", number).split()).casefold()


@frozen
class IssueFacts:
    """The member, the receiving committee, and who holds what must be free."""

    issuer: str
    member: Member | None
    residence: Committee | None
    open_referral: str | None
    paper_holder: str | None

    @classmethod
    def needs(cls, _state: None, command: Issue | IssueOnward, at: At[None]) -> Needs:
        """Ask for the member, the committee and both claims."""
        return Needs(
            members=(command.member,),
            committees=(command.residence,),
            claims=_claims(command, at),
        )

    @classmethod
    def of(
        cls, loaded: Loaded, _state: None, command: Issue | IssueOnward, at: At[None]
    ) -> IssueFacts:
        """Make the facts from what was loaded."""
        held, paper = _claims(command, at)
        return cls(
            issuer_of(command, at),
            loaded.members.get(command.member),
            loaded.committees.get(command.residence),
            loaded.holders.get(held),
            loaded.holders.get(paper),
        )


def issuer_of(command: Issue | IssueOnward, at: At[Any]) -> str:
    """Give the committee that issues: the actor's, or the one that an import names."""
    named = command.workplace if isinstance(command, Issue) else None
    return at.actor.committee or named or ""


def _claims(command: Issue | IssueOnward, at: At[Any]) -> tuple[Claim, Claim]:
    paper = paper_number(issuer_of(command, at), command.paper.number, command.paper.date)
    return open_referral(command.member), paper


@frozen
class ReissueFacts:
    """The member, and who holds the new paper's number."""

    member: Member | None
    paper_holder: str | None

    @classmethod
    def needs(cls, state: Referral, command: Reissue | Amend, _at: At[None]) -> Needs:
        """Ask for the member and the claim on the number, if another is given."""
        paper = _paper(state, command)
        return Needs(members=(state.member,), claims=() if paper is None else (paper,))

    @classmethod
    def of(
        cls, loaded: Loaded, state: Referral, command: Reissue | Amend, _at: At[None]
    ) -> ReissueFacts:
        """Make the facts from what was loaded."""
        paper = _paper(state, command)
        holder = None if paper is None else loaded.holders.get(paper)
        mine = holder == state.id
        return cls(loaded.members.get(state.member), None if mine else holder)


def _paper(state: Referral, command: Reissue | Amend) -> Claim | None:
    paper = command.paper
    return None if paper is None else paper_number(state.workplace, paper.number, paper.date)


@frozen
class MemberFacts:
    """The member, as the register has them now."""

    member: Member | None

    @classmethod
    def needs(cls, state: Referral, _command: Any, _at: At[None]) -> Needs:
        """Ask for the member."""
        return Needs(members=(state.member,))

    @classmethod
    def of(cls, loaded: Loaded, state: Referral, _command: Any, _at: At[None]) -> MemberFacts:
        """Make the facts from what was loaded."""
        return cls(loaded.members.get(state.member))


@frozen
class GroupFacts:
    """The group and the rule set that limits it."""

    group: Group | None
    rules: RuleSet | None

    @classmethod
    def needs(cls, _state: Referral, command: Assign | Reassign, _at: At[None]) -> Needs:
        """Ask for the group."""
        return Needs(streams=(command.group,))

    @classmethod
    def of(
        cls, loaded: Loaded, _state: Referral, command: Assign | Reassign, _at: At[None]
    ) -> GroupFacts:
        """Make the facts from what was loaded."""
        found = loaded.streams.get(command.group)
        if not isinstance(found, Group):
            return cls(None, None)
        return cls(found, loaded.rules[command.group])


@frozen
class SuperiorFacts:
    """The superiors of the workplace, the nearest first, and those that both sides share."""

    above: tuple[str, ...]
    common: tuple[str, ...]

    @classmethod
    def needs(cls, state: Referral, _command: Any, _at: At[None]) -> Needs:
        """Ask for the superiors of both."""
        return Needs(above=(state.workplace, state.residence))

    @classmethod
    def of(cls, loaded: Loaded, state: Referral, _command: Any, _at: At[None]) -> SuperiorFacts:
        """Make the facts from what was loaded."""
        above = loaded.above.get(state.workplace, ())
        home = loaded.above.get(state.residence, ())
        return cls(above, tuple(id for id in above if id in home))
