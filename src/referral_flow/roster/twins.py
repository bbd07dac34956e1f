"""Who may be one person under two ids: told, never joined (S54)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from referral_flow.roster.scratch import Person, Scratch

SAME_BIRTH, SAME_NAME, NEAR_NAME = "same_name_and_birth", "same_name", "near_name"

_LONG_ENOUGH = 8
_COMPARED = 5
_MOST_IN_ONE_PLACE = 5_000


class Twins(NamedTuple):
    """Two ids, and why they may be one person."""

    code: str
    one: Person
    other: Person


def twins(scratch: Scratch) -> Iterator[Twins]:
    """Give pairs of which at least one is of the roster.

    The same spelling without diacritics and the same birth; or, in one workplace and where
    births do not contradict, the same spelling or all but one letter of it.
    """
    for pair in (*_same_birth(scratch), *_one_workplace(scratch)):
        if pair.one.line or pair.other.line:
            yield pair


def _same_birth(scratch: Scratch) -> Iterator[Twins]:
    known = (person for person in scratch.people("plain, birth, line") if person.birth)
    for _, same in groupby(known, key=lambda person: (person.plain, person.birth)):
        first, *others = same
        yield from (Twins(SAME_BIRTH, first, other) for other in others)


def _one_workplace(scratch: Scratch) -> Iterator[Twins]:
    by_place = groupby(scratch.people("workplace, plain, line"), key=lambda p: p.workplace)
    for _, people in by_place:
        yield from _near(people)


def _near(people: Iterable[Person]) -> Iterator[Twins]:
    """Compare people of one workplace by what is left of a name without one letter."""
    by_rest: dict[str, list[Person]] = {}
    last: list[Person] = []
    for number, person in enumerate(people):
        rests = {person.plain, *_without_one_letter(person.plain)}
        near = (other for rest in rests for other in by_rest.get(rest, ()))
        told: set[str] = set()
        for other in (*last, *near):
            if other.member not in told and _may_be_one(person, other):
                told.add(other.member)
                yield Twins(SAME_NAME if person.plain == other.plain else NEAR_NAME, other, person)
        # People come in the order of spelling: the same one stands just before.
        last = [person]
        if number < _MOST_IN_ONE_PLACE:
            for rest in rests:
                same = by_rest.setdefault(rest, [])
                if len(same) < _COMPARED:
                    same.append(person)


def _without_one_letter(name: str) -> set[str]:
    if len(name) < _LONG_ENOUGH:
        return set()
    # Another digit is another name: people are numbered where they have no names.
    return {name[:at] + name[at + 1 :] for at, sign in enumerate(name) if not sign.isdigit()}


def _may_be_one(one: Person, other: Person) -> bool:
    if one.birth and one.birth == other.birth and one.plain == other.plain:
        return False  # told already
    shorter, longer = sorted((one.birth, other.birth), key=len)
    if not longer.startswith(shorter):
        return False
    return one.plain == other.plain or _one_letter_apart(one.plain, other.plain)


def _one_letter_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), -1)
    if at < 0:
        return True
    if len(one) == len(other):
        letters = not (one[at].isdigit() and other[at].isdigit())
        return letters and one[at + 1 :] == other[at + 1 :]
    shorter, longer = sorted((one, other), key=len)
    return longer[at + 1 :] == shorter[at:] and not longer[at].isdigit()
