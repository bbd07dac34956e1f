"""The clause that a store proves all that it says it can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from referral_flow.ports import Store
from referral_flow.testing.store_clauses.appending import WithStore
from referral_flow.testing.store_clauses.durable import DurableClauses, ProcessClauses
from referral_flow.testing.store_clauses.joining import JoinClauses

PROOFS: Mapping[str, type[object]] = {
    "durable": DurableClauses,
    "processes": ProcessClauses,
    "join": JoinClauses,
}
"""The clauses by which each capability is proved."""


class PromiseClauses(WithStore):
    """What `capabilities` says is what the test inherits the clauses of."""

    unproved: ClassVar[frozenset[str]] = frozenset()
    """Capabilities that this test leaves to another one."""

    def test_what_the_store_says_that_it_can_is_proved_here(self, store: Store) -> None:
        proved = {can for can, clauses in PROOFS.items() if isinstance(self, clauses)}
        assert store.capabilities - self.unproved == proved - self.unproved
