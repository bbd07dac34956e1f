"""Embed referral-flow over a member table of your own: it stores ids, and never a name.

Run it: python examples/own_register.py
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from referral_flow import (
    Actor,
    Committee,
    CommitteeKind,
    Member,
    Paper,
    ReferralFlow,
    Refused,
    Role,
    Venue,
)
from referral_flow.commands import Issue, Submit

SUPERIOR = "province"


class OurRegister:
    """Answer from our own tables, always many ids at once; what is not there is left out."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def members(self, ids: Sequence[str], on: date) -> Mapping[str, Member]:
        found = self._rows("SELECT id, office, introduce FROM staff WHERE id IN ({})", ids)
        return {id: Member(id, office, bool(introduce)) for id, office, introduce in found}

    def committees(self, ids: Sequence[str], on: date) -> Mapping[str, Committee]:
        found = self._rows("SELECT id, kind FROM body WHERE id IN ({})", ids)
        return {id: Committee(id, CommitteeKind(kind), SUPERIOR) for id, kind in found}

    def above(self, ids: Sequence[str], on: date) -> Mapping[str, tuple[str, ...]]:
        return dict.fromkeys(self.committees(ids, on), (SUPERIOR,))

    def below(self, id: str, on: date) -> Sequence[str]:
        bodies = [found for (found,) in self._database.execute("SELECT id FROM body")]
        return [SUPERIOR, *bodies] if id == SUPERIOR else [id]

    def venues(self, ids: Sequence[str], on: date) -> Mapping[str, Venue]:
        return {}

    def count_members(self, scope: str | None, on: date) -> int:
        return self._count("1 = 1", scope)

    def count_eligible(self, scope: str | None, on: date) -> int:
        return self._count("introduce", scope)

    def names(self, ids: Sequence[str], on: date) -> Mapping[str, str]:
        found = self._rows("SELECT id, name FROM staff WHERE id IN ({})", ids)
        return {row[0]: row[1] for row in found}

    def _count(self, which: str, scope: str | None) -> int:
        everybody = scope in (None, SUPERIOR)
        sql = f"SELECT count(*) FROM staff WHERE {which} AND (? OR office = ?)"
        (number,) = self._database.execute(sql, (everybody, scope)).fetchone()
        return int(number)

    def _rows(self, sql: str, ids: Sequence[str]) -> list[tuple[str, ...]]:
        return self._database.execute(sql.format(", ".join("?" * len(ids))), ids).fetchall()


def our_tables() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.executescript("""
        CREATE TABLE body (id TEXT PRIMARY KEY, kind TEXT);
        CREATE TABLE staff (id TEXT PRIMARY KEY, name TEXT, office TEXT, introduce INTEGER);
        INSERT INTO body VALUES ('office-1', 'workplace'), ('ward-1', 'residence');
        INSERT INTO staff VALUES ('s-1', 'Nhân viên mẫu A', 'office-1', 1),
                                 ('s-2', 'Nhân viên mẫu B', 'office-1', 0);
    """)
    return database


def main(folder: Path) -> None:
    register = OurRegister(our_tables())
    store = folder / "referrals.db"
    with ReferralFlow.open(f"sqlite:///{store}", directory=register) as flow:
        office = flow.acting_as(Actor("clerk-1", Role.WORKPLACE, "office-1"))
        ward = flow.acting_as(Actor("clerk-2", Role.RESIDENCE, "ward-1"))
        today = date.today()
        referral = office.execute(Issue("s-1", "ward-1", Paper("1/GT", today))).value
        ward.execute(Submit(referral.id, paper_number="1/GT"))
        try:
            office.execute(Issue("s-2", "ward-1", Paper("2/GT", today)))
        except Refused as refused:
            print(refused)
        for found in ward.find(state="submitted"):
            names = flow.directory.names([found.member], today)
            print(found.member, names[found.member], found.state)
        superior = flow.acting_as(Actor("clerk-3", Role.SUPERIOR, SUPERIOR))
        figures = superior.figures()
        print(figures.members, figures.eligible, figures.counts["referred"])
    stored = b"".join(path.read_bytes() for path in folder.iterdir())
    print("a name in the store:", "Nhân viên".encode() in stored)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(Path(folder))
