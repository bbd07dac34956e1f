"""What child processes of the PostgreSQL tests do; a module that they import quickly."""

from __future__ import annotations

import os
from typing import Any

from attrs import frozen
from referral_flow_postgres.link import PostgresLink
from referral_flow_postgres.store import PostgresStore

from referral_flow.ports import Store


@frozen
class Migrated:
    """Open the store of a URL, brought up to date; `{where}` in it becomes its schema."""

    url: str

    def __call__(self, where: str) -> Store:
        store = PostgresStore(self.url.replace("{where}", where.replace("-", "_")))
        if store.migrate(dry_run=True):
            store.migrate()
        return store


@frozen
class DyingPostgres:
    """Open a store whose process ends when statement `at` of the first append begins."""

    url: str

    def __call__(self, where: str, at: int) -> Store:
        store = Migrated(self.url)(where)
        left = at

        def count(method: Any) -> Any:
            def counted(*given: Any) -> Any:
                nonlocal left
                left -= 1
                if not left:
                    os._exit(9)
                return method(*given)

            return counted

        for name in ("run", "execute", "executemany", "commit"):
            setattr(PostgresLink, name, count(getattr(PostgresLink, name)))
        return store
