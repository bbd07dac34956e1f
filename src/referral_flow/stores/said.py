"""Pieces of SQL with their values, put together for a question."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

AMONG = "IN (SELECT value FROM json_each(?))"
"""Say that something is in a list, given as JSON; a dialect may say it otherwise."""


class Said(NamedTuple):
    """A piece of SQL, and the values for its parameters in their order."""

    sql: str
    values: tuple[Any, ...] = ()


def joined(between: str, parts: Sequence[Said]) -> Said:
    """Put the pieces together."""
    values = tuple(value for part in parts for value in part.values)
    return Said(between.join(part.sql for part in parts), values)


def all_of(*parts: Said) -> Said:
    """Put AND between them."""
    return joined(" AND ", parts)


def among(column: str, labels: Sequence[str]) -> Said:
    """Say that a column has one of these; of a single one the planner knows the order."""
    if len(labels) == 1:
        return Said(f"{column} = ?", (labels[0],))
    return Said(f"{column} {AMONG}", (json.dumps(labels),))
