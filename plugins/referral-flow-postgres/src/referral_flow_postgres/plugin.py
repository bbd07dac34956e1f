"""What the library finds under the entry point: the store and its schemes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from referral_flow import hookimpl
from referral_flow.ports import Store

REFERRAL_FLOW_HOOKS = 1


@hookimpl
def referral_flow_stores() -> Mapping[str, Callable[[str], Store]]:
    """Give the store under both schemes that PostgreSQL itself knows."""
    return {"postgresql": _open, "postgres": _open}


def _open(url: str) -> Store:
    # Every command line loads every plugin, and few need the driver.
    from referral_flow_postgres.store import PostgresStore  # noqa: PLC0415

    return PostgresStore(url)
