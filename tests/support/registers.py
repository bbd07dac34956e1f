"""A register of people as an embedder keeps it: it can change in ways that ours cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from referral_flow import Committee, CommitteeKind, Member, Venue


class OurRegister:
    """One workplace `w-1` and one residence `r-1`, with members that can be moved."""

    def __init__(self, *members: Member) -> None:
        self.people = {member.id: member for member in members}
        self.superiors: tuple[str, ...] = ("p",)
        self.tree = {
            "p": Committee("p", CommitteeKind.SUPERIOR),
            "w-1": Committee("w-1", CommitteeKind.WORKPLACE, "p"),
            "r-1": Committee("r-1", CommitteeKind.RESIDENCE, "p"),
        }

    def members(self, ids: Sequence[str], on: date) -> Mapping[str, Member]:
        return {id: self.people[id] for id in ids if id in self.people}

    def committees(self, ids: Sequence[str], on: date) -> Mapping[str, Committee]:
        return {id: self.tree[id] for id in ids if id in self.tree}

    def above(self, ids: Sequence[str], on: date) -> Mapping[str, tuple[str, ...]]:
        return {id: self.superiors for id in ids if id in ("w-1", "r-1")}

    def below(self, id: str, on: date) -> Sequence[str]:
        return tuple(self.tree) if id == "p" else (id,)

    def venues(self, ids: Sequence[str], on: date) -> Mapping[str, Venue]:
        return {id: Venue(id, "r-1", 30) for id in ids if id == "v-1"}

    def count_members(self, scope: str | None, on: date) -> int:
        return len(self.people)

    def count_eligible(self, scope: str | None, on: date) -> int:
        return sum(member.introduce for member in self.people.values())

    def names(self, ids: Sequence[str], on: date) -> Mapping[str, str]:
        return {}
