"""The contracts over what is broken on purpose, and over an honest one; run by `teeth`.

The name is none that pytest looks for: it is run when it is asked for, and must fail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from referral_flow.ports import Notifier
from referral_flow.stores.memory import MemoryStore
from referral_flow.testing.broken_notifiers import (
    BROKEN_NOTIFIERS,
    SCHEME,
    SECRET,
    Box,
    HonestNotifier,
)
from referral_flow.testing.broken_stores import BROKEN_STORES
from referral_flow.testing.contracts import (
    AddressClauses,
    DurableClauses,
    FullClauses,
    LaterClauses,
    MakeNotifier,
    MakeStore,
    NeverClauses,
    NotifierContract,
    ReachedClauses,
    SecretClauses,
    SilentClauses,
    StoreAt,
    StoreContract,
)


def _store_contract(store: type[MemoryStore]) -> type[StoreContract]:
    @pytest.fixture
    def make_store(self: StoreContract) -> MakeStore:
        return StoreAt(store, "memory:")

    clauses = (
        (StoreContract, DurableClauses) if "durable" in store.capabilities else (StoreContract,)
    )
    return type(f"Test{store.__name__}", clauses, {"make_store": make_store})


class _Notifiers(
    NotifierContract,
    ReachedClauses,
    LaterClauses,
    NeverClauses,
    FullClauses,
    SilentClauses,
    AddressClauses,
    SecretClauses,
):
    seconds = 0.5
    notifier: type[HonestNotifier]

    @pytest.fixture
    def peer(self) -> Box:
        return Box()

    @pytest.fixture
    def make_notifier(self, peer: Box) -> MakeNotifier:
        return lambda: self.notifier(peer)

    @pytest.fixture
    def from_address(self, peer: Box) -> Callable[[str], Notifier]:
        return lambda url: self.notifier(peer, url)

    @pytest.fixture
    def wrong_addresses(self) -> Sequence[str]:
        return (SCHEME, "bux:token")

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (SECRET,)


_stores: tuple[type[MemoryStore], ...] = (MemoryStore, *BROKEN_STORES)
_notifiers: tuple[type[HonestNotifier], ...] = (HonestNotifier, *BROKEN_NOTIFIERS)
_classes: list[type[Any]] = [_store_contract(store) for store in _stores]
_classes += [type(f"Test{each.__name__}", (_Notifiers,), {"notifier": each}) for each in _notifiers]
globals().update({each.__name__: each for each in _classes})
