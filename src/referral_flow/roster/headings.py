"""The columns of rosters and of lists of committees, by the headings that people write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from referral_flow.roster.faults import UnusableFile
from referral_flow.words.near import nearest
from referral_flow.words.order import folded

MEMBER, NAME, WORKPLACE, RESIDENCE = "member_id", "full_name", "workplace", "residence"
NUMBER, ISSUED_ON, BIRTH = "paper_number", "issued_on", "birth_date"
STATE, SINCE, CAME_FROM, GROUP = "state", "since", "came_from", "group"
CYCLE, RATING, GROUND, UNTIL = "evaluated_in", "rating", "exemption_ground", "exempt_until"

SEARCHED = 30
"""Lines at the top in which the headings are looked for: many sheets begin with a title."""

_LONGEST = 40
_FEWEST = 2


class Columns(NamedTuple):
    """Which columns a sheet has, and how people write their headings, folded."""

    spellings: Mapping[str, tuple[str, ...]]
    optional: tuple[str, ...]

    @property
    def required(self) -> tuple[str, ...]:
        """Give the columns that must be there."""
        return tuple(column for column in self.spellings if column not in self.optional)

    def column_of(self, heading: Any) -> str | None:
        """Give the column that a heading stands for."""
        written = plain(str(heading))
        return next((c for c, known in self.spellings.items() if written in known), None)


ROSTER = Columns(
    {
        MEMBER: (
            "member id", "member", "id", "ma", "ma dang vien", "ma so", "ma so dang vien", "ma dv",
            "so the", "so the dang vien", "so dinh danh", "so dinh danh ca nhan", "ma dinh danh",
            "cccd", "so cccd", "can cuoc cong dan", "so can cuoc", "so can cuoc cong dan",
        ),
        NAME: (
            "full name", "name", "ho va ten", "ho ten", "ho va ten dang vien", "ho ten dang vien",
            "ten dang vien", "ho ten khai sinh", "ho va ten khai sinh", "dong chi", "dang vien",
        ),
        WORKPLACE: (
            "workplace", "workplace id", "noi cong tac", "don vi cong tac", "co quan",
            "co quan cong tac", "don vi", "cap uy noi cong tac", "to chuc dang noi cong tac",
            "dang uy noi cong tac", "chi bo noi cong tac", "ma noi cong tac",
        ),
        RESIDENCE: (
            "residence", "residence id", "noi cu tru", "noi o", "cap uy noi cu tru",
            "to chuc dang noi cu tru", "dang uy noi cu tru", "chi bo noi cu tru", "ma noi cu tru",
        ),
        NUMBER: (
            "paper number", "paper", "number", "so giay", "so giay gioi thieu", "so gt",
            "giay gioi thieu", "giay gioi thieu so", "so cua giay",
        ),
        ISSUED_ON: (
            "issued on", "issued", "date", "paper date", "ngay cap", "ngay cap giay", "ngay",
            "ngay gioi thieu", "ngay giay gioi thieu", "ngay cap giay gioi thieu", "ngay ky",
        ),
        BIRTH: (
            "birth date", "birthdate", "date of birth", "born", "dob", "ngay sinh", "nam sinh",
            "sinh ngay", "ngay thang nam sinh", "sinh nam",
        ),
    },
    optional=(BIRTH,),
)  # fmt: skip

ADOPTION = Columns(
    {
        **ROSTER.spellings,
        STATE: (
            "state", "status", "trang thai", "tinh trang", "hien trang", "trang thai ho so",
            "tinh trang ho so", "trang thai hien nay", "tinh trang hien nay",
        ),
        SINCE: (
            "since", "in this state since", "tu ngay", "trang thai tu ngay", "o trang thai tu ngay",
            "tinh trang tu ngay", "ngay bat dau", "bat dau tu", "bat dau tu ngay",
        ),
        CYCLE: (
            "evaluated in", "evaluation year", "last evaluated in", "nam nhan xet",
            "nam danh gia", "nam nhan xet gan nhat", "nhan xet nam", "ky nhan xet",
        ),
        RATING: (
            "rating", "last rating", "muc danh gia", "danh gia", "ket qua danh gia",
            "muc nhan xet", "ket qua nhan xet", "danh gia gan nhat",
        ),
        CAME_FROM: (
            "came from", "state before", "trang thai truoc", "tinh trang truoc",
            "trang thai truoc do", "trang thai truoc khi tam dung",
        ),
        GROUP: ("group", "group id", "nhom", "ma nhom"),
        GROUND: (
            "exemption ground", "exempt as", "dien mien", "dien duoc mien",
            "dien mien sinh hoat", "ly do mien", "ly do duoc mien",
        ),
        UNTIL: (
            "exempt until", "exemption until", "mien den ngay", "mien den het ngay",
            "duoc mien den ngay", "het han mien",
        ),
    },
    optional=(BIRTH, NUMBER, ISSUED_ON, SINCE, CYCLE, RATING, CAME_FROM, GROUP, GROUND, UNTIL),
)  # fmt: skip

COMMITTEES = Columns(
    {
        "id": ("id", "ma", "ma cap uy", "ma so", "ma to chuc dang", "committee", "committee id"),
        "name": ("name", "ten", "ten cap uy", "ten to chuc dang", "cap uy", "to chuc dang"),
        "kind": ("kind", "loai", "loai cap uy", "loai hinh", "vai tro"),
        "superior": ("superior", "cap tren", "cap uy cap tren", "truc thuoc", "ma cap tren"),
        "since": ("since", "tu ngay", "ngay thanh lap", "thanh lap ngay"),
    },
    optional=("superior", "since"),
)


class Header(NamedTuple):
    """The line with the headings, and where each column stands."""

    line: int
    headings: tuple[str, ...]
    place: Mapping[str, int]


def plain(text: str) -> str:
    """Write a heading in the one way in which it is compared: `Mã số *` as `ma so`."""
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


def header_of(lines: Iterable[tuple[int, Sequence[Any]]], columns: Columns) -> Header:
    """Find the headings among the first lines; raises UnusableFile where there are none."""
    best: tuple[int, list[str], dict[str, int]] | None = None
    first: list[str] = []
    for number, cells in lines:
        headings = [" ".join(str(cell).split()) for cell in cells]
        first = first or [heading for heading in headings if heading]
        place = _places(headings, columns)
        if best is None or len(place) > len(best[2]):
            best = (number, headings, place)
    if best is None or not first:
        raise UnusableFile("empty_file")
    line, headings, place = best
    if len(place) < _FEWEST:
        raise UnusableFile("no_headings", found=_clipped(first), wanted=columns.required)
    missing = [column for column in columns.required if column not in place]
    if missing:
        taken = set(place.values())
        unused = [h for at, h in enumerate(headings) if h and at not in taken]
        near = _near(missing, unused, columns)
        found = _clipped([heading for heading in headings if heading])
        raise UnusableFile("column_missing", missing=missing, found=found, near=near, line=line)
    while not headings[-1]:
        headings.pop()
    return Header(line, tuple(headings), place)


def _places(headings: Sequence[str], columns: Columns) -> dict[str, int]:
    place: dict[str, int] = {}
    for at, heading in enumerate(headings):
        column = columns.column_of(heading)
        if column is None:
            continue
        if column in place:
            both = [headings[place[column]], heading]
            raise UnusableFile("column_twice", column=column, found=both)
        place[column] = at
    return place


def _near(missing: Sequence[str], unused: Sequence[str], columns: Columns) -> str:
    known = [spelling for column in missing for spelling in columns.spellings[column]]
    return next((h for h in unused if nearest(plain(h), known, 0.75)), "")


def _clipped(texts: Sequence[str]) -> list[str]:
    return [t if len(t) <= _LONGEST else f"{t[:_LONGEST]}…" for t in texts[:12]]
