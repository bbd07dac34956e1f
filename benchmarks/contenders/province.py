"""A province with 1,300 committees: its register, as a host has one of its own, and who acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from referral_flow import Actor, Role
from referral_flow.domain.people import Committee, CommitteeKind, Member, Venue

PLACES = 640
"""Workplaces, and as many residence areas."""

_DISTRICTS = 19
_PROVINCE = "p"


def member(number: int) -> str:
    """Give the id of a member; the copies of a province have the first two digits."""
    return f"m-{number:07}"


def workplace(number: int) -> str:
    """Give the committee that a member belongs to."""
    return f"w-{number % PLACES:03}"


def residence(number: int) -> str:
    """Give the committee where a member lives."""
    return f"r-{number * 7 % 639:03}"


def office(number: int) -> Actor:
    """Give who acts for the workplace of a member."""
    return Actor("u-1", Role.WORKPLACE, workplace(number))


def ward(number: int) -> Actor:
    """Give who acts for the committee where a member lives."""
    return ward_of(residence(number))


def ward_of(committee: str) -> Actor:
    """Give who acts for a committee that receives."""
    return Actor("u-9", Role.RESIDENCE, committee)


OPERATOR = Actor("u-0", Role.OPERATOR)
SUPERIOR = Actor("u-5", Role.SUPERIOR, _PROVINCE)


class Register:
    """Who is where, worked out from the id: so the register costs next to nothing."""

    def members(self, ids: Sequence[str], on: date) -> Mapping[str, Member]:  # noqa: ARG002
        """Give members by id."""
        return {id: Member(id, workplace(int(id[-5:]))) for id in ids if id.startswith("m-")}

    def committees(self, ids: Sequence[str], on: date) -> Mapping[str, Committee]:  # noqa: ARG002
        """Give committees by id."""
        return {id: Committee(id, _KINDS[id[0]], _above(id)) for id in ids if id[0] in _KINDS}

    def above(self, ids: Sequence[str], on: date) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG002
        """Give the district and the province of each committee."""
        return {id: (_above(id) or "", _PROVINCE)[id[0] == "d" :] for id in ids if id[0] in _KINDS}

    def below(self, id: str, on: date) -> Sequence[str]:  # noqa: ARG002
        """Give a committee and all that are below it."""
        if id == _PROVINCE:
            return _EVERY
        return [every for every in _EVERY if id in (every, _above(every))]

    def venues(self, ids: Sequence[str], on: date) -> Mapping[str, Venue]:  # noqa: ARG002
        """Give no venue."""
        return {}

    def count_members(self, scope: str | None, on: date) -> int:  # noqa: ARG002
        """Give some number: the host's own count is not what is timed."""
        return 0

    def count_eligible(self, scope: str | None, on: date) -> int:  # noqa: ARG002
        """Give some number."""
        return 0

    def names(self, ids: Sequence[str], on: date) -> Mapping[str, str]:  # noqa: ARG002
        """Give no name."""
        return {}


_KINDS = {
    "w": CommitteeKind.WORKPLACE,
    "r": CommitteeKind.RESIDENCE,
    "d": CommitteeKind.SUPERIOR,
    _PROVINCE: CommitteeKind.SUPERIOR,
}


def _above(id: str) -> str | None:
    if id == _PROVINCE:
        return None
    return _PROVINCE if id[0] == "d" else f"d-{int(id[2:]) % _DISTRICTS:02}"


_EVERY = (
    _PROVINCE,
    *(f"d-{n:02}" for n in range(_DISTRICTS)),
    *(f"{kind}-{n:03}" for kind in "wr" for n in range(PLACES)),
)
