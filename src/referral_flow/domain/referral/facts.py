"""What the rows of a referral must know of others."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import lru_cache
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.batch.state import AdoptionBatch
from referral_flow.domain.group.state import Group
from referral_flow.domain.people import Committee, Member
from referral_flow.domain.referral.commands import (
    Adopt,
    Amend,
    Assign,
    Issue,
    IssueOnward,
    Reassign,
    Reissue,
)
from referral_flow.domain.referral.state import KnownPaper, Paper, Referral
from referral_flow.domain.rules import RuleSet
from referral_flow.engine import Claim, Loaded, Needs
from referral_flow.engine.record import Record


# Claims are asked for when a command's needs are loaded, when its facts are made, and between.
@lru_cache(maxsize=1024)
def open_referral(member: str) -> Claim:
    """Give the claim of which a member has one at a time."""
    return Claim("open_referral", member)


@lru_cache(maxsize=1024)
def paper_number(issuer: str, number: str, on: date) -> Claim:
    """Give the claim on a paper's number: one for each issuer and year."""
    return Claim("paper", f"{issuer}/{on.year}/{same_number(number)}")


def known_number(issuer: str, paper: KnownPaper | Paper | None) -> tuple[Claim, ...]:
    """Give the claim on a paper's number, where both number and year are known."""
    if paper is None or paper.number is None or paper.date is None:
        return ()
    return (paper_number(issuer, paper.number, paper.date),)


def adopted_row(batch: str | None, row: str | None) -> tuple[Claim, ...]:
    """Give the claim on a row of a batch, so that it is adopted once."""
    return () if batch is None or row is None else (Claim("adopted", f"{batch}/{row}"),)


def same_number(number: str) -> str:
    """Write a paper's number in the one way in which it is compared."""
    composed = number if number.isascii() else unicodedata.normalize("NFC", number)
    return " ".join(composed.split()).casefold()


class PartyFacts(Record):
    """The member, the receiving committee, and who holds what must be free."""

    issuer: str
    member: Member | None
    residence: Committee | None
    open_referral: str | None
    paper_holder: str | None


class IssueFacts(PartyFacts):
    """What a new paper needs, with the claims that it takes: the member's, and its number's."""

    claims: tuple[Claim, Claim]

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
        claims = held, paper = _claims(command, at)
        return cls(
            issuer_of(command, at),
            loaded.members.get(command.member),
            loaded.committees.get(command.residence),
            loaded.holders.get(held),
            loaded.holders.get(paper),
            claims,
        )


def issuer_of(command: Issue | IssueOnward, at: At[Any]) -> str:
    """Give the committee that issues: the actor's, or the one that an import names."""
    named = command.workplace if isinstance(command, Issue) else None
    return at.actor.committee or named or ""


def _claims(command: Issue | IssueOnward, at: At[Any]) -> tuple[Claim, Claim]:
    paper = paper_number(issuer_of(command, at), command.paper.number, command.paper.date)
    return open_referral(command.member), paper


class ReissueFacts(Record):
    """The member, and who holds the new paper's number."""

    member: Member | None
    paper_holder: str | None

    @classmethod
    def needs(cls, state: Referral, command: Reissue | Amend, _at: At[None]) -> Needs:
        """Ask for the member and the claim on the number, if another is given."""
        return Needs(members=(state.member,), claims=_paper(state, command))

    @classmethod
    def of(
        cls, loaded: Loaded, state: Referral, command: Reissue | Amend, _at: At[None]
    ) -> ReissueFacts:
        """Make the facts from what was loaded."""
        holder = next((loaded.holders.get(claim) for claim in _paper(state, command)), None)
        mine = holder == state.id
        return cls(loaded.members.get(state.member), None if mine else holder)


def _paper(state: Referral, command: Reissue | Amend) -> tuple[Claim, ...]:
    return known_number(state.workplace, command.paper)


class MemberFacts(Record):
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


class AdoptFacts(PartyFacts):
    """What an adoption needs besides: the workplace, the group, the batch, and its row."""

    workplace: Committee | None
    group: Group | None
    rules: RuleSet | None
    batch: AdoptionBatch | None
    row_holder: str | None

    @classmethod
    def needs(cls, _state: None, command: Adopt, at: At[None]) -> Needs:
        """Ask for all that the command names, as the register has it today.

        It may have been begun long after the day on which the referral was.
        """
        named = (command.group, command.batch)
        return Needs(
            streams=tuple(id for id in named if id is not None),
            members=(command.member,),
            committees=(command.workplace, command.residence),
            claims=claims_of(command),
            on=at.today,
        )

    @classmethod
    def of(cls, loaded: Loaded, _state: None, command: Adopt, _at: At[None]) -> AdoptFacts:
        """Make the facts from what was loaded."""
        group = loaded.streams.get(command.group or "")
        batch = loaded.streams.get(command.batch or "")
        paper = known_number(command.workplace, command.paper)
        row = adopted_row(command.batch, command.row)
        return cls(
            command.workplace,
            loaded.members.get(command.member),
            loaded.committees.get(command.residence),
            loaded.holders.get(open_referral(command.member)),
            next((loaded.holders.get(claim) for claim in paper), None),
            loaded.committees.get(command.workplace),
            group if isinstance(group, Group) else None,
            loaded.rules.get(command.group or ""),
            batch if isinstance(batch, AdoptionBatch) else None,
            next((loaded.holders.get(claim) for claim in row), None),
        )


def claims_of(command: Adopt) -> tuple[Claim, ...]:
    """Give all that an adopted referral holds, as far as it is known."""
    return (
        open_referral(command.member),
        *known_number(command.workplace, command.paper),
        *adopted_row(command.batch, command.row),
    )


class GroupFacts(Record):
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


class SuperiorFacts(Record):
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
