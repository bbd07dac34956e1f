"""The schema in a database: which one is there, and how it comes up to date."""

from __future__ import annotations

import secrets
import time

from referral_flow.stores import statements as sql
from referral_flow.stores.migrations import Step, statements, steps
from referral_flow_postgres.dialect import lock
from referral_flow_postgres.link import PostgresLink

_MIGRATIONS = "referral_flow_postgres.migrations"


def wanted() -> int:
    """Give the version that this distribution works with."""
    return steps(_MIGRATIONS)[-1].version


def version(link: PostgresLink, schema: str) -> int:
    """Give the version that is there, 0 for none."""
    ((there,),) = link.run(f"SELECT to_regclass('\"{schema}\".rf_schema') IS NOT NULL")[0]
    return int(link.execute(sql.VERSION)[1][0][0] or 0) if there else 0


def missing(found: int) -> tuple[Step, ...]:
    """Give the steps that a schema of this version still needs."""
    return tuple(step for step in steps(_MIGRATIONS) if step.version > found)


def migrate(link: PostgresLink, schema: str) -> tuple[str, ...]:
    """Do the missing steps inside the transaction that is open; give their names.

    Others that migrate wait for its end, and what is missing is asked only then. The lock
    is one of the transaction: behind a pooler, a lock of the session would stay with whoever
    comes next.
    """
    link.run(f"SELECT pg_advisory_xact_lock({lock(schema, 'migrate')})")
    found = version(link, schema)
    todo = missing(found)
    secret = None if found else secrets.token_bytes(32)
    if todo and not link.run(f"SELECT 1 FROM pg_namespace WHERE nspname = '{schema}'")[0]:
        # IF NOT EXISTS asks for the right to create one even where it is there.
        link.run(f'CREATE SCHEMA "{schema}"')
    link.run(f'SET LOCAL search_path = "{schema}"')
    for step in todo:
        for statement in statements(step.sql):
            link.run(statement)
        link.execute(sql.ADD_VERSION, (step.version, time.time_ns() // 1000, secret))
        secret = None
    return tuple(step.name for step in todo)
