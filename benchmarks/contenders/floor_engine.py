"""The floor in memory: a dictionary dispatch, as one writes it by hand."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.contenders.measuring import Seen, best_of, main


class Referral:
    """An object with a state and a history."""

    __slots__ = ("history", "number", "state", "steps")

    def __init__(self) -> None:
        self.state = "issued"
        self.number = "1/GT"
        self.steps = 0
        self.history: list[tuple[str, str]] = []


def number_matches(referral: Referral, number: str | None) -> bool:
    """Say whether it is the paper that was issued."""
    return number == referral.number


def has_taken_part(referral: Referral, _number: str | None) -> bool:
    """Say whether anything was done yet."""
    return referral.steps >= 0


Guard = Callable[[Referral, str | None], bool]
TABLE: dict[tuple[str, str], tuple[Guard, str]] = {
    ("issued", "submit"): (number_matches, "submitted"),
    ("submitted", "activate"): (has_taken_part, "active"),
    ("active", "renew"): (has_taken_part, "issued"),
}
EVENTS = (("submit", "1/GT"), ("activate", None), ("renew", None))


def event(count: int) -> Seen:
    """Look the row up, ask its guard, move and record."""

    def run() -> None:
        referral = Referral()
        for _ in range(count // 3):
            for name, number in EVENTS:
                guard, target = TABLE[referral.state, name]
                if not guard(referral, number):
                    raise AssertionError
                referral.state = target
                referral.history.append((target, "residence"))

    return best_of(run, count // 3 * 3)


if __name__ == "__main__":
    main({"event": event})
