"""What the entry point names: `lmdb:///folder` opens a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from referral_flow import hookimpl
from referral_flow.ports import Store
from referral_flow_lmdb.store import LmdbStore

REFERRAL_FLOW_HOOKS = 1


@hookimpl
def referral_flow_stores() -> Mapping[str, Callable[[str], Store]]:
    """Give the factory of the scheme `lmdb`."""
    return {"lmdb": LmdbStore}
