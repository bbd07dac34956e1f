"""A refusal: one reason why a command may not be done, the same object everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from referral_flow.engine.record import Record, field


class RefusalKind(StrEnum):
    """What kind of no it is; a caller does something different for each."""

    UNKNOWN_COMMAND = "unknown_command"
    WRONG_STATE = "wrong_state"
    GUARD = "guard"
    CRASHED = "crashed"
    NOT_PERMITTED = "not_permitted"
    LOST_RACE = "lost_race"
    NOT_FOUND = "not_found"
    REUSED = "reused"


class Refusal(Record):
    """One reason: a stable `code`, its `data`, and what is `missing` by name.

    `guard` is the name of the guard that said it, filled in by the engine. The words are
    in `words/`, by code.
    """

    code: str
    data: Mapping[str, Any] = field(factory=dict)
    missing: tuple[str, ...] = ()
    kind: RefusalKind = RefusalKind.GUARD
    guard: str | None = None

    def named(self) -> dict[str, Any]:
        """Give the data that the sentence for this code may name."""
        return {**self.data, "missing": self.missing}

    def of(self, guard: str) -> Refusal:
        """Give the same refusal with the name of the guard that said it."""
        return Refusal(self.code, self.data, self.missing, self.kind, guard)


NOT_FOUND = Refusal("not_found", kind=RefusalKind.NOT_FOUND)
NOT_PERMITTED = Refusal("not_permitted", kind=RefusalKind.NOT_PERMITTED)


def not_allowed_in_state(state: str, allowed_in: tuple[str, ...]) -> Refusal:
    """Refuse a command that has no row in this state; name the states that have one."""
    return Refusal(
        "not_allowed_in_state",
        {"state": state, "allowed_in": allowed_in},
        kind=RefusalKind.WRONG_STATE,
    )
