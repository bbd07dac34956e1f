"""Fixtures of pytest for who embeds the library. Import them where they should be known:

    # conftest.py
    from referral_flow.testing.fixtures import clock, flow, recorder  # noqa: F401

Nothing is known without that: installing the library adds no fixture to anybody's tests.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from referral_flow.application.flow import ReferralFlow
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.plugin_host import Choice
from referral_flow.testing.clocks import MovableClock


@pytest.fixture
def clock() -> MovableClock:
    """Give a clock that only the test moves."""
    return MovableClock()


@pytest.fixture
def recorder() -> RecordingNotifier:
    """Give a notifier that keeps what it was given, and answers as it is told."""
    return RecordingNotifier()


@pytest.fixture
def flow(clock: MovableClock, recorder: RecordingNotifier) -> Iterator[ReferralFlow]:
    """Give a flow in memory by that clock and that notifier, without installed plugins.

    Override it in your `conftest.py` where your processes or your directory belong to it.
    """
    with ReferralFlow.open(
        "memory:", clock=clock, notifiers={"recorder": recorder}, plugins=Choice.NONE
    ) as opened:
        yield opened
