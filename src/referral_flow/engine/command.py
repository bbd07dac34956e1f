"""Commands: what somebody asks to be done, as data."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any, Generic, TypeVar

from attrs import field, fields, frozen

R_co = TypeVar("R_co", covariant=True)


@frozen
class Command(Generic[R_co]):
    """Ask for one change; `R` is what the stream is afterwards, so that types follow.

    `on` is the day when it happened (today when not given); `late_reason` says why it is
    recorded so late, where the rule set asks for it (S55).
    """

    on: date | None = field(default=None, kw_only=True)
    late_reason: str | None = field(default=None, kw_only=True)

    @property
    def stream(self) -> str | None:
        """Give the id of the stream that is addressed; None for a creation."""
        return None


def name_of(command: type[Any]) -> str:
    """Give a command's name as people and files write it: `record_attendance`."""
    return _written(command.__name__)


@cache
def _written(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


_COMMON = frozenset({"on", "late_reason"})


def own_fields(command: type[Any]) -> tuple[str, ...]:
    """Give the fields that are a command's own, in order."""
    return tuple(f.name for f in fields(command) if f.name not in _COMMON)
