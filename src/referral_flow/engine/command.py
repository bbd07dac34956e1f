"""Commands: what somebody asks to be done, as data."""

from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, Generic, TypeVar

from referral_flow.engine.record import Record, fields_of

R_co = TypeVar("R_co", covariant=True)


class Command(Record, Generic[R_co], kw_only=True):
    """Ask for one change; `R` is what the stream is afterwards, so that types follow.

    `on` is the day when it happened (today when not given); `late_reason` says why it is
    recorded so late, where the rule set asks for it (S55).
    """

    on: date | None = None
    late_reason: str | None = None

    @property
    def stream(self) -> str | None:
        """Give the id of the stream that is addressed; None for a creation."""
        return None


def name_of(command: type[Any]) -> str:
    """Give a command's name as people and files write it: `record_attendance`."""
    return _written(command.__name__)


@cache
def _written(name: str) -> str:
    parts = [name[:1]]
    for before, letter in pairwise(name):
        begins = letter.isupper() and (before.islower() or before.isdigit())
        parts.append(f"_{letter}" if begins else letter)
    return "".join(parts).lower()


_COMMON = frozenset({"on", "late_reason"})


def own_fields(command: type[Any]) -> tuple[str, ...]:
    """Give the fields that are a command's own, in order."""
    called: Any = command  # to mypy no class is sure to be hashable
    return _own_fields(called)


@cache
def _own_fields(command: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields_of(command) if field.name not in _COMMON)
