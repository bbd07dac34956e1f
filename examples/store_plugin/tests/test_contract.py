"""The store keeps the whole contract, and all that it says it can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from referral_flow_lmdb.dying import DyingLmdb
from referral_flow_lmdb.store import LmdbStore

from referral_flow.ports import Store
from referral_flow.testing.contracts import (
    DurableClauses,
    KilledClauses,
    MakeStore,
    ProcessClauses,
    StoreAt,
    StoreContract,
    StoryClauses,
)


class TestLmdbStore(StoreContract, DurableClauses, ProcessClauses, KilledClauses, StoryClauses):
    contract_version = 1

    @pytest.fixture
    def make_store(self, tmp_path: Path) -> MakeStore:
        return StoreAt(LmdbStore, f"lmdb:///{tmp_path}/{{where}}")

    @pytest.fixture
    def make_dying_store(self, tmp_path: Path) -> Callable[[str, int], Store]:
        return DyingLmdb(f"lmdb:///{tmp_path}/{{where}}")
