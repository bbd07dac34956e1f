"""What the store in memory does otherwise than the others."""

from __future__ import annotations

import pytest

from referral_flow.errors import PluginError, StoreError, WrongUrl
from referral_flow.ports import Batch
from referral_flow.stores.memory import MemoryStore
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import event, stream


def test_each_store_in_memory_is_a_new_one() -> None:
    first, second = MemoryStore("memory:"), MemoryStore("memory:")
    first.append(rows.created(stream(1)))
    assert second.scan() == []


def test_a_name_for_a_store_in_memory_is_refused() -> None:
    with pytest.raises(WrongUrl, match="memory:"):
        MemoryStore("memory:shared")


def test_there_is_no_transaction_to_join_in_memory() -> None:
    with pytest.raises(PluginError):
        MemoryStore().join(object())


def test_an_event_of_no_stream_is_refused_as_a_database_would() -> None:
    with pytest.raises(StoreError):
        MemoryStore().append(Batch(events=[event(1)]))
