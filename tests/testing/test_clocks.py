"""The clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from referral_flow.testing.clocks import A_MONDAY, MovableClock


def test_a_clock_stands_until_it_is_moved() -> None:
    clock = MovableClock()
    assert clock() == clock() == A_MONDAY
    clock.tick()
    clock.tick(timedelta(days=1))
    assert clock() == A_MONDAY + timedelta(days=1, seconds=1)
    clock.move_to(datetime(2013, 12, 1, tzinfo=UTC))
    assert clock().month == 12


def test_a_clock_does_not_go_back() -> None:
    clock = MovableClock()
    for move in (lambda: clock.tick(timedelta(-1)), lambda: clock.move_to(A_MONDAY.replace(2012))):
        with pytest.raises(ValueError, match="does not go back"):
            move()
    assert clock() == A_MONDAY


def test_a_time_without_a_zone_is_refused() -> None:
    naive = A_MONDAY.replace(tzinfo=None)
    for make in (MovableClock, MovableClock().move_to):
        with pytest.raises(ValueError, match="without a zone"):
            make(naive)
