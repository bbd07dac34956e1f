"""The days of the made year, and a clock that is moved over them.

The days on which overdue papers are told come from the rule set of 1999: a paper is due
after 30 days, the workplace committee hears of it 7 days after the reminder was delivered
and the superior 14 days after that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_MORNING = time(9, tzinfo=ZONE)
_AFTERNOON = time(17, tzinfo=ZONE)
_MEETING = time(19, 30, tzinfo=ZONE)

# Where committees take turns from Monday to Friday, this is the Monday.
REGISTER = date(2013, 1, 2)
ISSUE = date(2013, 1, 7)
SUBMIT = date(2013, 1, 21)
RETURN = date(2013, 1, 28)
REISSUE = date(2013, 2, 4)
SUBMIT_REMINDED = date(2013, 2, 13)
SUBMIT_REISSUED = date(2013, 2, 18)
SUBMIT_WORKPLACE_TOLD = date(2013, 2, 25)
SUBMIT_SUPERIOR_TOLD = date(2013, 3, 6)
GROUPS = date(2013, 3, 11)
MEETINGS = (date(2013, 3, 25), date(2013, 6, 10), date(2013, 9, 9), date(2013, 10, 21))
SUSPEND = date(2013, 7, 1)
MOVE = date(2013, 8, 5)
RETIRE = date(2013, 9, 30)
CLASSIFY_EARLY = date(2013, 11, 4)
EVALUATE = date(2013, 11, 11)
CLASSIFY = date(2013, 12, 9)
END = date(2013, 12, 31)

CALLED_BEFORE = timedelta(days=7)
DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@frozen
class Act:
    """Something that one committee does on one day; `step` is the part of the story."""

    day: date
    step: str
    do: Callable[[], None]


class MovingClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self._now = _at(REGISTER, _MORNING)

    def __call__(self) -> datetime:
        return self._now

    def morning(self, day: date) -> None:
        """Go to the morning of a day, when committees work."""
        self._now = _at(day, _MORNING)

    def go_on(self) -> None:
        """Go on by a second, from one thing that is done to the next."""
        self._now += _SECOND

    def afternoon(self, day: date) -> None:
        """Go to the afternoon, when timers fire and messages go out."""
        self._now = _at(day, _AFTERNOON)


def turn(first: date, place: int) -> date:
    """Give the working day of a week on which the committee at this place has its turn."""
    return first + DAY * (place % 5)


def meeting_time(day: date) -> datetime:
    """Give the hour at which groups meet."""
    return _at(day, _MEETING)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour).astimezone(UTC)
