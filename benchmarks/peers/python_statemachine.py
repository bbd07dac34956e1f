"""python-statemachine: a machine class with conditions and a hook after each transition."""

from __future__ import annotations

from typing import Any

from statemachine import State, StateMachine

from benchmarks.contenders.measuring import Seen, best_of, main


class Referral(StateMachine):
    """Three states in a ring."""

    issued = State(initial=True)
    submitted = State()
    active = State()

    submit = issued.to(submitted, cond="number_matches")
    activate = submitted.to(active, cond="has_taken_part")
    renew = active.to(issued, cond="has_taken_part")

    def __init__(self) -> None:
        self.number = "1/GT"
        self.steps = 0
        self.history: list[tuple[str, str]] = []
        super().__init__()

    def number_matches(self, number: str) -> bool:
        """Say whether it is the paper that was issued."""
        return number == self.number

    def has_taken_part(self) -> bool:
        """Say whether anything was done yet."""
        return self.steps >= 0

    def after_transition(self, target: Any) -> None:
        """Write what has happened."""
        self.history.append((target.id, "residence"))


def event(count: int) -> Seen:
    """Send the three events in turn."""
    referral = Referral()

    def run() -> None:
        for _ in range(count // 3):
            referral.submit(number="1/GT")
            referral.activate()
            referral.renew()

    return best_of(run, count // 3 * 3, 3)


if __name__ == "__main__":
    main({"event": event})
