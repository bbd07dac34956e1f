"""The committees that a roster names: found by id or name, read from a list, or made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple
from unicodedata import normalize

from referral_flow.application.desk import Desk
from referral_flow.domain.people import CommitteeKind
from referral_flow.domain.register.commands import AddCommittee
from referral_flow.domain.register.state import CommitteeEntry
from referral_flow.roster.faults import BadCell
from referral_flow.words.order import folded

PAGE = 500

_AN_ID = re.compile(r"[\w.\-/]{1,40}")
_NOT = {
    CommitteeKind.WORKPLACE: "not_a_workplace_committee",
    CommitteeKind.RESIDENCE: "not_a_residence_committee",
}


class Kept(NamedTuple):
    """A committee that the register has, or will have: since when."""

    id: str
    kind: CommitteeKind
    name: str
    superior: str | None
    since: date


class Committees:
    """Every committee by id and by name; `making` lets unknown ones be made."""

    def __init__(self, making: bool = False, under: str | None = None) -> None:
        self.by_id: dict[str, Kept] = {}
        self._by_name: dict[str, set[str]] = {}
        self._by_folded: dict[str, set[str]] = {}
        self._making = making
        self._under = under
        self.to_make: dict[str, AddCommittee] = {}

    def read(self, desk: Desk) -> None:
        """Read those that the register has."""
        for entry in _entries(desk):
            self.keep(Kept(entry.key, entry.kind, entry.name, entry.superior, entry.last_step))

    def keep(self, one: Kept) -> None:
        """Know a committee from now on."""
        self.by_id[one.id] = one
        self._by_name.setdefault(_name_key(one.name), set()).add(one.id)
        self._by_folded.setdefault(folded(one.name), set()).add(one.id)

    def resolve(self, text: str, kind: CommitteeKind, since: date, on: date) -> Kept:
        """Find the committee that a cell names, or make it as of `since`; raises BadCell."""
        found = self._found(text)
        if found is None:
            if not self._making:
                raise BadCell("unknown_committee", committee=text)
            found = self._made(text, kind, since)
        if found.kind is not kind:
            raise BadCell(_NOT[kind], committee=text, kind=found.kind)
        if found.since > on:
            raise BadCell("committee_not_yet", committee=text, since=found.since, on=on)
        return found

    def add(self, command: AddCommittee, since: date) -> None:
        """Note a committee that is to be made."""
        self.to_make[command.committee] = command
        self.keep(Kept(command.committee, command.kind, command.name, command.superior, since))

    def unmade(self, ids: Iterable[str]) -> list[AddCommittee]:
        """Give what makes those of `ids` that are not there yet, superiors first."""
        wanted: dict[str, AddCommittee] = {}
        for id in ids:
            chain: list[str] = []
            here: str | None = id
            while here in self.to_make and here not in wanted and here not in chain:
                chain.append(here)
                here = self.to_make[here].superior
            wanted.update((one, self.to_make[one]) for one in reversed(chain))
        return list(wanted.values())

    def were_made(self, commands: Iterable[AddCommittee]) -> None:
        """Note that these are there now."""
        for command in commands:
            self.to_make.pop(command.committee, None)

    def _found(self, text: str) -> Kept | None:
        known = self.by_id.get(text)
        if known is not None:
            return known
        # Tones are written in two ways (Hòa, Hoà), but An and Ân may be two places.
        ids = self._by_name.get(_name_key(text)) or self._by_folded.get(folded(text)) or set()
        if len(ids) > 1:
            raise BadCell("which_committee", committee=text, known=sorted(ids)[:5])
        return self.by_id[next(iter(ids))] if ids else None

    def _made(self, text: str, kind: CommitteeKind, since: date) -> Kept:
        id = text if _AN_ID.fullmatch(text) else self._id_for(text)
        self.add(AddCommittee(id, kind, text, self._under, on=since), since)
        return self.by_id[id]

    def _id_for(self, name: str) -> str:
        plain = "-".join(re.findall(r"[^\W_]+", folded(name)))[:60] or "committee"
        id, number = plain, 1
        while id in self.by_id:
            number += 1
            id = f"{plain}-{number}"
        return id


def _name_key(name: str) -> str:
    return " ".join(normalize("NFC", name).casefold().split())


def _entries(desk: Desk) -> Iterator[CommitteeEntry]:
    after = None
    while True:
        page = desk.find(kind="committee", after=after, limit=PAGE)
        yield from page
        after = page.after
        if after is None:
            return
