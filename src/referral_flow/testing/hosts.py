"""The contract of a host: what `within` keeps in the transactions of your framework.

    class TestMyFramework(HostContract):
        @pytest.fixture
        def store(self, tmp_path):
            return SqliteStore(f"sqlite:///{tmp_path}/host.db")

        @pytest.fixture
        def host(self, tmp_path, store):
            return MyApplication(tmp_path / "host.db")

`store` is new and up to date. `host` is an Application with an empty table of its own in the
same database.
"""

from __future__ import annotations

from referral_flow.testing.host_clauses.application import Application, Inside
from referral_flow.testing.host_clauses.observers import ObserverClauses
from referral_flow.testing.host_clauses.outcomes import (
    CommitClauses,
    CutOffClauses,
    NestedClauses,
    RollbackClauses,
)
from referral_flow.testing.host_clauses.refusals import (
    LostRaceClauses,
    NoTransactionClauses,
    RepeatedClauses,
)

__all__ = ["Application", "HostContract", "Inside"]


class HostContract(
    CommitClauses,
    RollbackClauses,
    NestedClauses,
    LostRaceClauses,
    RepeatedClauses,
    NoTransactionClauses,
    ObserverClauses,
    CutOffClauses,
):
    """What every host must keep; needs the fixtures `store` and `host`."""
