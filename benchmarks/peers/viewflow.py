"""viewflow.fsm: transitions as decorated methods, with conditions and a hook of success."""

from __future__ import annotations

from typing import Any

import django
from django.conf import settings

from benchmarks.contenders.measuring import Seen, best_of, main

settings.configure(INSTALLED_APPS=[])
django.setup()

from viewflow.fsm import State  # noqa: E402 - Django is set up first


def _number_matches(referral: Any) -> bool:
    return bool(referral.asked == referral.number)


def _has_taken_part(referral: Any) -> bool:
    return bool(referral.steps >= 0)


class Referral:
    """A plain object with a state."""

    state = State(["issued", "submitted", "active"], default="issued")

    def __init__(self) -> None:
        self.number = self.asked = "1/GT"
        self.steps = 0
        self.history: list[tuple[str, str]] = []

    @state.on_success()
    def record(self, _transition: Any, _source: Any, target: str, **_: Any) -> None:
        """Write what has happened."""
        self.history.append((target, "residence"))

    @state.transition(source="issued", target="submitted", conditions=[_number_matches])
    def submit(self) -> None:
        """Hand the paper in."""

    @state.transition(source="submitted", target="active", conditions=[_has_taken_part])
    def activate(self) -> None:
        """Take part."""

    @state.transition(source="active", target="issued", conditions=[_has_taken_part])
    def renew(self) -> None:
        """Begin anew."""


def event(count: int) -> Seen:
    """Fire the three transitions in turn."""
    referral = Referral()

    def run() -> None:
        for _ in range(count // 3):
            referral.submit()
            referral.activate()
            referral.renew()

    return best_of(run, count // 3 * 3)


if __name__ == "__main__":
    main({"event": event})
