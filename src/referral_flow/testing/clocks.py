"""A clock that only the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

A_MONDAY = datetime(2013, 3, 4, 2, tzinfo=UTC)


class MovableClock:
    """Stand at a moment until it is moved, and never go back; give it to a flow as `clock=`."""

    def __init__(self, start: datetime = A_MONDAY) -> None:
        self.now = _zoned(start)

    def __call__(self) -> datetime:
        """Give the time, as the port `Clock` does."""
        return self.now

    def move_to(self, moment: datetime) -> None:
        """Go to a later moment, with its zone; raises ValueError for an earlier one."""
        if _zoned(moment) < self.now:
            raise ValueError(f"a clock does not go back, from {self.now} to {moment}")
        self.now = moment

    def tick(self, delta: timedelta = timedelta(seconds=1)) -> None:
        """Let time pass; raises ValueError for a negative one."""
        self.move_to(self.now + delta)


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment}")
    return moment
