"""The contracts of stores and notifiers: subclass one in your tests, and pytest runs every clause.

    class TestMyStore(StoreContract, DurableClauses):
        @pytest.fixture
        def make_store(self, tmp_path):
            return StoreAt(MyStore, f"mine://{tmp_path}/{{where}}")

`make_store(where)` gives a store that is empty when it is asked for the first time. What
your store promises beyond the heart is a class of its own: inherit what it can do.

    class TestMyNotifier(NotifierContract):
        @pytest.fixture
        def make_notifier(self):
            return MyNotifier
"""

from __future__ import annotations

from referral_flow.testing.notifier_clauses import MakeNotifier, NotifierContract
from referral_flow.testing.notifier_peers import (
    AddressClauses,
    FullClauses,
    LaterClauses,
    NeverClauses,
    Peer,
    ReachedClauses,
    SecretClauses,
    SilentClauses,
    Trouble,
)
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
from referral_flow.testing.store_clauses.moving import MoveClauses
from referral_flow.testing.store_clauses.promises import PromiseClauses
from referral_flow.testing.store_clauses.queues import OutboxClauses, TimerClauses
from referral_flow.testing.store_clauses.reading import CountClauses, FindClauses, HistoryClauses
from referral_flow.testing.store_clauses.rows import Host, MakeStore, StoreAt
from referral_flow.testing.store_clauses.schemas import (
    KilledMigrationClauses,
    MakeOlder,
    OlderSchemaClauses,
)
from referral_flow.testing.store_clauses.state import StateClauses
from referral_flow.testing.store_clauses.text import TextClauses
from referral_flow.testing.story import StoryClauses
from referral_flow.testing.versions import CONTRACT_VERSION

__all__ = [
    "CONTRACT_VERSION",
    "AddressClauses",
    "DurableClauses",
    "FullClauses",
    "Host",
    "JoinClauses",
    "KilledClauses",
    "KilledMigrationClauses",
    "LaterClauses",
    "MakeNotifier",
    "MakeOlder",
    "MakeStore",
    "NeverClauses",
    "NotifierContract",
    "OlderSchemaClauses",
    "Peer",
    "ProcessClauses",
    "ReachedClauses",
    "SecretClauses",
    "SilentClauses",
    "StoreAt",
    "StoreContract",
    "StoryClauses",
    "Trouble",
]


class StoreContract(
    AppendClauses,
    AllOrNothingClauses,
    ClaimClauses,
    HistoryClauses,
    FindClauses,
    CountClauses,
    MoveClauses,
    TimerClauses,
    OutboxClauses,
    DigestClauses,
    GrantClauses,
    DroppingClauses,
    StateClauses,
    TextClauses,
    PromiseClauses,
):
    """What every store must do; needs the fixture `make_store`."""
