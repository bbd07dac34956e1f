"""The contract of stores: subclass it in your tests, and pytest runs every clause.

    class TestMyStore(StoreContract, DurableClauses):
        @pytest.fixture
        def make_store(self, tmp_path):
            return StoreAt(MyStore, f"mine://{tmp_path}/{{where}}")

`make_store(where)` gives a store that is empty when it is asked for the first time. What
your store promises beyond the heart is a class of its own: inherit what it can do.
"""

from __future__ import annotations

from referral_flow.testing.notifier_clauses import MakeNotifier, NotifierContract
from referral_flow.testing.store_clauses.appending import (
    AllOrNothingClauses,
    AppendClauses,
)
from referral_flow.testing.store_clauses.claims import ClaimClauses
from referral_flow.testing.store_clauses.digests import (
    DigestClauses,
    DroppingClauses,
    GrantClauses,
)
from referral_flow.testing.store_clauses.durable import (
    DurableClauses,
    KilledClauses,
    ProcessClauses,
)
from referral_flow.testing.store_clauses.joining import JoinClauses
from referral_flow.testing.store_clauses.queues import OutboxClauses, StateClauses, TimerClauses
from referral_flow.testing.store_clauses.reading import CountClauses, FindClauses, HistoryClauses
from referral_flow.testing.store_clauses.rows import Host, MakeStore, StoreAt

__all__ = [
    "CONTRACT_VERSION",
    "DurableClauses",
    "Host",
    "JoinClauses",
    "KilledClauses",
    "MakeNotifier",
    "MakeStore",
    "NotifierContract",
    "ProcessClauses",
    "StoreAt",
    "StoreContract",
]

CONTRACT_VERSION = 2
"""Raised when a clause is added that an honest store could fail."""


class StoreContract(
    AppendClauses,
    AllOrNothingClauses,
    ClaimClauses,
    HistoryClauses,
    FindClauses,
    CountClauses,
    TimerClauses,
    OutboxClauses,
    DigestClauses,
    GrantClauses,
    DroppingClauses,
    StateClauses,
):
    """What every store must do; needs the fixture `make_store`."""
