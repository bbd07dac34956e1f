"""For the contract: a store whose process dies. Child processes must be able to import it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import lmdb
from attrs import frozen

from referral_flow.ports import Store
from referral_flow_lmdb.store import LmdbStore


class DyingTransaction:
    """A transaction that ends its process when the step `at` of all its steps begins."""

    def __init__(self, txn: lmdb.Transaction, steps: Iterator[int], at: int) -> None:
        self._txn, self._steps, self._at = txn, steps, at

    def __getattr__(self, name: str) -> Any:
        if name in ("put", "delete", "commit") and next(self._steps) == self._at:
            os._exit(9)
        return getattr(self._txn, name)


class DyingEnvironment:
    """An environment whose writing transactions die."""

    def __init__(self, environment: lmdb.Environment, at: int) -> None:
        self._environment, self._steps, self._at = environment, count(1), at

    def begin(self, write: bool = False) -> Any:
        txn = self._environment.begin(write=write)
        return DyingTransaction(txn, self._steps, self._at) if write else txn

    def close(self) -> None:
        self._environment.close()


@frozen
class DyingLmdb:
    """Open a store that dies at step `at` of what it writes next."""

    url: str

    def __call__(self, where: str, at: int) -> Store:
        store = LmdbStore(self.url.replace("{where}", where))
        store._environment = DyingEnvironment(store._environment, at)  # type: ignore[assignment]
        return store
