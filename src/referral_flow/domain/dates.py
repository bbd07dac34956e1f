"""The guards on dates that stand on every row (S55)."""

from datetime import date
from typing import Any, Protocol

from referral_flow.domain.at import At
from referral_flow.domain.people import Role
from referral_flow.engine import Refusal


class HasLastStep(Protocol):
    """A state that knows the day of the last event that changed it."""

    @property
    def last_step(self) -> date: ...


class Note:
    """Marks a command that only another row calls, for the day of that row's own event."""

    __slots__ = ()


def not_in_future(_state: Any, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse a day that has not come."""
    if at.on > at.today:
        return Refusal("date_in_future", {"on": at.on, "today": at.today})
    return None


def not_before_last_step(state: HasLastStep | None, command: Any, at: At[Any]) -> Refusal | None:
    """Refuse a day before the last change of state.

    A note may be older: a meeting can be recorded after the evaluation of one who was there.
    """
    if state is None or isinstance(command, Note) or at.on >= state.last_step:
        return None
    return Refusal("before_last_step", {"on": at.on, "last_step": state.last_step})


def not_too_far_back(_state: Any, command: Any, at: At[Any]) -> Refusal | None:
    """Refuse a day beyond the limit unless a reason is given (S55).

    What the system does follows from a command that was judged already.
    """
    limit = at.rules.backdate.limit
    if at.actor.role == Role.SYSTEM:
        return None
    if (at.today - at.on).days > limit and not (command.late_reason or "").strip():
        return Refusal("too_far_back", {"on": at.on, "limit": limit}, missing=("late_reason",))
    return None


ON_EVERY_ROW = (not_in_future, not_before_last_step, not_too_far_back)
