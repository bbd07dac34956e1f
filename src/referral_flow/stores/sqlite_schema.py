"""The schema in an SQLite file: which one is there, and how it comes up to date."""

from __future__ import annotations

import secrets
import time

from referral_flow.stores import statements as sql
from referral_flow.stores.migrations import Step, statements, steps
from referral_flow.stores.writing import Link

_TABLES = "SELECT count(*), max(name = 'rf_schema') FROM sqlite_master"


def wanted() -> int:
    """Give the version that this library works with."""
    return steps()[-1].version


def version(link: Link) -> int | None:
    """Give the version that is there: 0 beside tables of others, None where nothing is."""
    tables, ours = link.execute(_TABLES)[1][0]
    if not tables:
        return None
    return int(link.execute(sql.VERSION)[1][0][0] or 0) if ours else 0


def missing(found: int | None) -> tuple[Step, ...]:
    """Give the steps that a schema of this version still needs."""
    return tuple(step for step in steps() if step.version > (found or 0))


def migrate(link: Link) -> tuple[str, ...]:
    """Do the missing steps inside the transaction that is open; give their names.

    What is missing is asked inside it: another process may have done it meanwhile.
    """
    found = version(link)
    todo = missing(found)
    secret = None if found else secrets.token_bytes(32)
    for step in todo:
        for statement in statements(step.sql):
            link.execute(statement)
        link.execute(sql.ADD_VERSION, (step.version, time.time_ns() // 1000, secret))
        secret = None
    return tuple(step.name for step in todo)
