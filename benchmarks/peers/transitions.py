"""transitions: a machine for one model, and many models on a shared machine."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from transitions import Machine

from benchmarks.contenders.measuring import Seen, best_of, held_bytes, main, timed

STATES = ["issued", "submitted", "active"]


class Referral:
    """A model with two guards, and a record that is written after each event."""

    state: str

    def __init__(self) -> None:
        self.number = "1/GT"
        self.steps = 0
        self.history: list[tuple[str, str]] = []

    def number_matches(self, number: str | None = None) -> bool:
        """Say whether it is the paper that was issued."""
        return number == self.number

    def has_taken_part(self, _number: str | None = None) -> bool:
        """Say whether anything was done yet."""
        return self.steps >= 0

    def record(self, _number: str | None = None) -> None:
        """Write what has happened."""
        self.history.append((self.state, "residence"))


ROWS = (
    ("submit", "issued", "submitted", "number_matches"),
    ("activate", "submitted", "active", "has_taken_part"),
    ("renew", "active", "issued", "has_taken_part"),
)


def _machine(model: Any) -> Machine:
    return Machine(
        model,
        states=STATES,
        initial="issued",
        transitions=[
            {"trigger": t, "source": s, "dest": d, "conditions": c, "after": "record"}
            for t, s, d, c in ROWS
        ],
        auto_transitions=False,
    )


def event(count: int) -> Seen:
    """Fire the three events in turn."""
    referral: Any = Referral()
    _machine(referral)

    def run() -> None:
        for _ in range(count // 3):
            referral.submit("1/GT")
            referral.activate()
            referral.renew()

    return best_of(run, count // 3 * 3)


def possible(count: int) -> Seen:
    """Ask in each state whether its event may be fired."""
    referrals: list[Any] = [Referral() for _ in STATES]
    for referral, state in zip(referrals, STATES, strict=True):
        _machine(referral)
        referral.state = state
    asks = (referrals[0].may_submit, referrals[1].may_activate, referrals[2].may_renew)

    def run() -> None:
        for _ in range(count // 3):
            asks[0]("1/GT")
            asks[1]()
            asks[2]()

    return best_of(run, count // 3 * 3)


def instance(count: int) -> Seen:
    """Add models to a shared machine."""
    kept: list[Any] = []

    def make() -> list[Any]:
        machine = _machine(None)
        models = [Referral() for _ in range(count)]
        for model in models:
            machine.add_model(model)
        kept[:] = [machine]
        return models

    seen = timed(make, count)
    return seen._replace(bytes=held_bytes(lambda: (make(), kept)) / count)


def opening(count: int) -> Seen:
    """Import the package in a cold interpreter."""
    command = [sys.executable, "-c", "import transitions"]
    return best_of(lambda: subprocess.run(command, check=True), count)


if __name__ == "__main__":
    main({"event": event, "possible": possible, "instance": instance, "opening": opening})
