"""What callers hand to a desk, checked before anything is done with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from referral_flow.errors import InvalidCommand


def must_be(kind: type[Any], value: Any, name: str, asked: str) -> None:
    """Refuse a value of another type; None is for whoever may leave it out.

    A moment is no day, and a truth no number. Raises InvalidCommand.
    """
    strict = kind in (date, int)
    if value is None or (type(value) is kind if strict else isinstance(value, kind)):
        return
    problem = f"{name} is of the type {type(value).__name__}, not {kind.__name__}"
    raise InvalidCommand(command=asked, problem=problem)


def must_be_id(value: Any, asked: str) -> None:
    """Refuse what cannot be an id; raises InvalidCommand."""
    if not isinstance(value, str):
        problem = f"id is of the type {type(value).__name__}, not str"
        raise InvalidCommand(command=asked, problem=problem)


def must_be_limit(value: Any, asked: str) -> None:
    """Refuse a limit that is no number from 1; raises InvalidCommand."""
    must_be(int, value, "limit", asked)
    if value is None or value < 1:
        raise InvalidCommand(command=asked, problem=f"limit is {value}, not 1 or more")


def must_be_aware(value: datetime | None, name: str, asked: str) -> None:
    """Refuse a moment without a zone; raises InvalidCommand."""
    must_be(datetime, value, name, asked)
    if value is not None and value.tzinfo is None:
        raise InvalidCommand(command=asked, problem=f"{name} has no zone")
