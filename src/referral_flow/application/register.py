"""The kept register as a Directory, for a host that has no register of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from referral_flow.codec import read_words
from referral_flow.domain.people import Committee, Member, Venue
from referral_flow.domain.register.process import (
    COMMITTEE_PROCESS,
    ELIGIBLE,
    MEMBER_PROCESS,
    NAME_VERSION,
    VENUE_PROCESS,
)
from referral_flow.engine.decision import Claim
from referral_flow.engine.ids import as_bytes
from referral_flow.engine.process import Process
from referral_flow.ports import Query

if TYPE_CHECKING:
    from referral_flow.application.unit import Unit

_PAGE = 1000

TOLD_BY: Mapping[str, tuple[str, ...]] = {
    MEMBER_PROCESS.kind: ("members",),
    COMMITTEE_PROCESS.kind: ("committees", "above"),
    VENUE_PROCESS.kind: ("venues",),
}
"""Which questions are answered from the entries of a kind, and change when one is written."""


class KeptRegister:
    """Reads through a unit, so that what came earlier in a transaction counts."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def members(self, ids: Sequence[str], on: date) -> Mapping[str, Member]:
        """Give members by id."""
        return {
            id: Member(id, entry.workplace, entry.introduce)
            for id, entry in self._entries(MEMBER_PROCESS, ids, on)
        }

    def committees(self, ids: Sequence[str], on: date) -> Mapping[str, Committee]:
        """Give committees by id."""
        return {
            id: Committee(id, entry.kind, entry.superior)
            for id, entry in self._entries(COMMITTEE_PROCESS, ids, on)
        }

    def above(self, ids: Sequence[str], on: date) -> Mapping[str, tuple[str, ...]]:
        """Give the superiors of each committee, the nearest first."""
        found: dict[str, tuple[str, ...]] = {}
        for id in ids:
            chain: list[str] = []
            here = id
            while (entry := self.committees((here,), on).get(here)) is not None:
                if entry.superior is None or entry.superior in chain:
                    break
                chain.append(entry.superior)
                here = entry.superior
            found[id] = tuple(chain)
        return found

    def below(self, id: str, on: date) -> Sequence[str]:
        """Give a committee and all that are below it."""
        found = {id: True}
        level = [id]
        while level:
            level = [
                entry.key
                for entry in self._find(COMMITTEE_PROCESS, tuple(level))
                if entry.last_step <= on and entry.key not in found
            ]
            found.update(dict.fromkeys(level, True))
        return list(found)

    def venues(self, ids: Sequence[str], on: date) -> Mapping[str, Venue]:
        """Give venues by id."""
        return {
            id: Venue(id, entry.residence, entry.places)
            for id, entry in self._entries(VENUE_PROCESS, ids, on)
        }

    def count_members(self, scope: str | None, on: date) -> int:
        """Count the members of a committee and those below it; None counts all."""
        return sum(self._count(scope, on).values())

    def count_eligible(self, scope: str | None, on: date) -> int:
        """Count the members who may be introduced."""
        return sum(n for (_, mark), n in self._count(scope, on).items() if mark == ELIGIBLE)

    def names(self, ids: Sequence[str], on: date) -> Mapping[str, str]:
        """Give names, to be shown to a reader; an erased one is left out."""
        named = {
            id: entry.name
            for process in (COMMITTEE_PROCESS, VENUE_PROCESS)
            for id, entry in self._entries(process, ids, on)
        }
        left = [id for id in ids if id not in named]
        members = self._entries(MEMBER_PROCESS, left, on)
        keys = {(as_bytes(entry.id) or b"", NAME_VERSION): id for id, entry in members}
        for key, words in self._unit.parts.store.words(list(keys)).items():
            named[keys[key]] = read_words(words).get("full_name", "")
        return named

    def _entries(self, process: Process, ids: Iterable[str], on: date) -> Iterable[tuple[str, Any]]:
        # By claim only: an entry's own id is not what people, or the host, know it by.
        known_by = str(process.known_by)
        held_by = self._unit.holding([Claim(known_by, id) for id in ids])
        self._unit.load(held_by.values())
        streams = self._unit.streams
        for claim, stream in held_by.items():
            held = streams[stream]
            if held is not None and held.state.last_step <= on:
                yield claim.value, held.state

    def _find(self, process: Process, owners: tuple[str, ...]) -> Iterable[Any]:
        after = None
        while True:
            query = Query(process.kind, owner=owners, after=after, limit=_PAGE)
            rows = self._unit.parts.store.find(query)
            for row in rows:
                yield self._unit.snapshot(row, process)
            if len(rows) < _PAGE:
                return
            after = rows[-1].id

    def _count(self, scope: str | None, on: date) -> Mapping[tuple[str, str], int]:
        either = None if scope is None else self.below(scope, on)
        return self._unit.parts.store.count(MEMBER_PROCESS.kind, on.isoformat(), either=either)
