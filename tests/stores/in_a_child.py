"""A store whose process dies, in a module of its own that child processes import quickly."""

from __future__ import annotations

import os

from attrs import frozen

from referral_flow.ports import Store
from referral_flow.stores.sqlite import SqliteStore


@frozen
class DyingSqlite:
    """Open a store whose process ends when statement `at` of the first append begins."""

    url: str

    def __call__(self, where: str, at: int) -> Store:
        store = SqliteStore(self.url.replace("{where}", where))
        left = at

        def count(_statement: str) -> None:
            nonlocal left
            left -= 1
            if not left:
                os._exit(9)

        store._writer.connection.set_trace_callback(count)
        return store
