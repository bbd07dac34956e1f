"""The port of the embedder's register of people and committees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from referral_flow.domain.people import Committee, Member, Venue


class Directory(Protocol):
    """The embedder's register, always asked for many at once and as of a day.

    What does not exist is left out of the answer. Nothing but `names` gives a name.
    """

    def members(self, ids: Sequence[str], on: date) -> Mapping[str, Member]:
        """Give members by id."""
        ...

    def committees(self, ids: Sequence[str], on: date) -> Mapping[str, Committee]:
        """Give committees by id."""
        ...

    def above(self, ids: Sequence[str], on: date) -> Mapping[str, tuple[str, ...]]:
        """Give the superiors of each committee, the nearest first."""
        ...

    def below(self, id: str, on: date) -> Sequence[str]:
        """Give a committee and all that are below it."""
        ...

    def venues(self, ids: Sequence[str], on: date) -> Mapping[str, Venue]:
        """Give venues by id."""
        ...

    def count_members(self, scope: str | None, on: date) -> int:
        """Count the members of a committee and those below it; None counts all."""
        ...

    def count_eligible(self, scope: str | None, on: date) -> int:
        """Count the members who are not marked as not to be introduced."""
        ...

    def names(self, ids: Sequence[str], on: date) -> Mapping[str, str]:
        """Give the names of members, committees and venues, to be shown to a reader."""
        ...
