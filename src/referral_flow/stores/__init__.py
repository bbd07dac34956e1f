"""The stores that come with the library: memory for tests, SQLite for one machine.

A store of yours over another SQL database may build on `statement_store`, `writing`,
`statements` and `migrations`; they change only with the version of the contract of stores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from referral_flow.ports import Store


def built_in_stores() -> dict[str, Callable[[str], Store]]:
    """Give the factory of each scheme; a store is imported when one is asked for."""
    return {"memory": _memory, "sqlite": _sqlite}


def _memory(url: str) -> Store:
    from referral_flow.stores.memory import MemoryStore  # noqa: PLC0415

    return MemoryStore(url)


def _sqlite(url: str) -> Store:
    from referral_flow.stores.sqlite import SqliteStore  # noqa: PLC0415

    return SqliteStore(url)
