"""The groups: of even size, after the mistakes that the rows refuse (S8-S12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from referral_flow.domain.group.commands import OpenGroup
from referral_flow.domain.group.state import GroupKind
from referral_flow.domain.referral.commands import Assign
from referral_flow.sample.people import MadeGroup, Person, even
from referral_flow.sample.places import venue_id
from referral_flow.sample.work import Work
from referral_flow.sample.year import GROUPS, Act, turn


def acts(work: Work) -> Iterator[Act]:
    """Give how each residence committee forms its groups."""
    waiting = {
        residence: [person for person in people if person.is_grouped]
        for residence, people in work.at_home.items()
    }
    by_size = sorted(waiting, key=lambda residence: len(waiting[residence]), reverse=True)
    crowded = by_size[: work.plan.one_group_areas]
    for place, (residence, people) in enumerate(waiting.items()):
        if people:
            form = _form_after_one if residence in crowded else _form
            yield Act(turn(GROUPS, place), "groups", partial(form, work, residence, people))


def _form(work: Work, residence: str, people: list[Person]) -> None:
    """Spread everybody evenly, after a try with the cell, if there is one."""
    _try_the_cell(work, residence, people)
    _open(work, residence, even(people))


def _form_after_one(work: Work, residence: str, people: list[Person]) -> None:
    """Try to put everybody into one group; who finds it full is spread over further ones."""
    _try_the_cell(work, residence, people)
    _open(work, residence, [people], refusing="group_full")
    only = work.groups[residence][0]
    left = [person for person in people if person not in only.people]
    _open(work, residence, even(left))


def _open(
    work: Work, residence: str, parts: list[Sequence[Person]], refusing: str | None = None
) -> None:
    desk = work.residence(residence)
    groups = work.groups.setdefault(residence, [])
    before = len(groups)

    def opened(row: int, group: Any) -> None:
        groups.append(MadeGroup(group.id, group.venue, []))

    def joined(row: int, _referral: Any) -> None:
        person, group = wanted[row]
        group.people.append(person)

    work.do(
        desk,
        (
            OpenGroup(residence, venue_id(residence, n), people[0].member, f"Nhóm {n}")
            for n, people in enumerate(parts, before + 1)
        ),
        opened,
    )
    wanted = [
        (person, group)
        for group, people in zip(groups[before:], parts, strict=True)
        for person in people
    ]
    work.do(
        desk,
        (Assign(person.referral, group.id) for person, group in wanted),
        joined,
        refusing=refusing,
    )


def _try_the_cell(work: Work, residence: str, people: list[Person]) -> None:
    tried = [person for person in people if person.into_cell]
    if not tried:
        return
    desk = work.residence(residence)
    cells: list[str] = []
    cell = OpenGroup(residence, name="Chi bộ khu dân cư", kind=GroupKind.CELL)
    work.do(desk, [cell], lambda _, group: cells.append(group.id))
    work.do(desk, (Assign(p.referral, cells[0]) for p in tried), refusing="merged_into_cell")
