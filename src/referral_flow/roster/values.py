"""From a cell to a value: text, ids, days. What cannot be read is a BadCell with its code."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from unicodedata import category, normalize

from referral_flow.roster.faults import BadCell
from referral_flow.roster.old_letters import SIGNS_OF_TCVN3
from referral_flow.roster.sources import Cell, Unread

LONGEST = {"member_id": 64, "full_name": 200, "paper_number": 80}
LONGEST_OTHER = 200
FIRST_PAPER = date(1930, 1, 1)
"""No paper is older than this, and no member was born more than a life before it."""

_FIRST_BIRTH = date(1900, 1, 1)
_FULL_ID = range(12, 16)
"""Digits of a number in which no zero can have been lost (an identity number has 12) and
that a spreadsheet still keeps exactly (15)."""

_NUMBER_ONLY = ("member_id", "workplace", "residence", "id", "superior")
_UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_BLANKS = re.compile(r"[\s\u00a0]+")
_LOST = re.compile(r"\ufffd|\w\?+\w|\w\?+(?= )|(?<= )\?+\w")
_BROKEN_ID = re.compile(r"\d+[.,]\d*[eE]\+?\d+|\d+[.,]0+")
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?:[T ]\d{1,2}:\d.*)?")
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[T ]\d{1,2}:\d.*)?")
_WORDS = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2}),? năm (\d{4})", re.IGNORECASE)
_A_YEAR = re.compile(r"(?:năm )?(\d{4})", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_SERIALS = range(10_000, 80_000)
_EPOCH = date(1899, 12, 30)


def is_empty(cell: Cell) -> bool:
    """Say whether nothing stands in the cell."""
    return isinstance(cell, str) and not isinstance(cell, Unread) and not cell.strip()


def text_of(cell: Cell, column: str, id_digits: int | None = None) -> str:
    """Give the text of a cell, composed (NFC) and with single spaces.

    A number is a text that lost its zeros: it is taken where none can have been lost, and
    as an id where `id_digits` says how many digits ids have.
    """
    if isinstance(cell, str):
        return _checked(_said(cell), column)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise BadCell("number_became_day" if column == "paper_number" else "not_text")
    return _number(cell, column, id_digits)


def day_of(cell: Cell) -> date:
    """Read a day: 31/12/2013, 2013-12-31, a day of a spreadsheet; the day comes first."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool | time | timedelta):
        raise BadCell("unreadable_day", given=str(cell))
    if isinstance(cell, int | float):
        if cell == int(cell) and int(cell) in _SERIALS:
            return _EPOCH + timedelta(days=int(cell))
        raise BadCell("unreadable_day", given=_plain(cell))
    return _day_written(_said(cell))


def paper_day(cell: Cell, today: date) -> date:
    """Read the day of a paper: not in the future, and not out of all memory."""
    day = day_of(cell)
    if day > today:
        raise BadCell("day_in_future", on=day, today=today)
    if day < FIRST_PAPER:
        raise BadCell("day_out_of_range", on=day)
    return day


def birth_of(cell: Cell) -> str:
    """Read a day of birth as `1970-12-31`, or a year alone as `1970`."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == int(cell):
        cell = str(int(cell)) if int(cell) not in _SERIALS else cell
    if isinstance(cell, str) and _YEAR.fullmatch(cell.strip()):
        return cell.strip()
    day = day_of(cell)
    if day < _FIRST_BIRTH:
        raise BadCell("day_out_of_range", on=day)
    return day.isoformat()


def year_of(cell: Cell) -> int:
    """Read a year: 2013, or `năm 2013`."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        cell = _plain(cell)
    found = _A_YEAR.fullmatch(_said(cell)) if isinstance(cell, str) else None
    if found is None:
        raise BadCell("unreadable_year", given=str(cell)[:40])
    return int(found[1])


def _said(cell: str) -> str:
    if isinstance(cell, Unread):
        raise BadCell(cell.code)
    return _BLANKS.sub(" ", normalize("NFC", _UNSEEN.sub("", cell))).strip()


def _checked(text: str, column: str) -> str:
    most = LONGEST.get(column, LONGEST_OTHER)
    if len(text) > most:
        raise BadCell("too_long", length=len(text), most=most)
    if not text.isascii():
        if not SIGNS_OF_TCVN3.isdisjoint(text):
            raise BadCell("old_letters", given=text)
        if any(category(sign) in ("Cc", "Cf", "Co", "Cn", "Cs") for sign in text):
            raise BadCell("control_characters")
    elif not text.isprintable():
        raise BadCell("control_characters")
    if _LOST.search(text):
        raise BadCell("lost_letters", given=text)
    if column in ("member_id", "id"):
        if _BROKEN_ID.fullmatch(text):
            raise BadCell("id_broken", given=text)
        if " " in text:
            raise BadCell("space_in_id", given=text)
    return text


def _number(cell: float, column: str, id_digits: int | None) -> str:
    if cell != int(cell) or cell < 0:
        raise BadCell("not_text")
    digits = _plain(cell)
    if column == "member_id" and id_digits is not None:
        digits = digits.zfill(id_digits)
    elif column in _NUMBER_ONLY and len(digits) not in _FULL_ID:
        raise BadCell("id_is_number", given=digits)
    return digits


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def _day_written(text: str) -> date:
    if (found := _ISO.fullmatch(text)) is not None:
        year, month, day = found.groups()
    elif (found := _DAY.fullmatch(text) or _WORDS.fullmatch(text)) is not None:
        day, month, year = found.groups()
    else:
        raise BadCell("unreadable_day", given=text[:40])
    if len(year) == 2:  # noqa: PLR2004
        raise BadCell("short_year", given=text)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise BadCell("no_such_day", given=text) from None
