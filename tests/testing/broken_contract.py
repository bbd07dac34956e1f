"""The contract over an honest store and every broken one; run by `test_broken_stores`."""

from __future__ import annotations

import pytest

from referral_flow.stores.memory import MemoryStore
from referral_flow.testing.broken_stores import BROKEN_STORES
from referral_flow.testing.contracts import MakeStore, StoreAt, StoreContract


def _contract_of(store: type[MemoryStore]) -> type[StoreContract]:
    @pytest.fixture
    def make_store(self: StoreContract) -> MakeStore:
        return StoreAt(store, "memory:")

    return type(f"Test{store.__name__}", (StoreContract,), {"make_store": make_store})


_STORES: tuple[type[MemoryStore], ...] = (MemoryStore, *BROKEN_STORES)
for _store in _STORES:
    globals()[f"Test{_store.__name__}"] = _contract_of(_store)
