"""Random stories: what a store that is broken in one way does otherwise than memory."""

from __future__ import annotations

import pytest

from referral_flow.stores.memory import MemoryStore
from referral_flow.testing.broken_stores import (
    PageThatSkips,
    RunThatStands,
    WrongCountAtAPastDate,
)
from referral_flow.testing.contracts import MakeStore, StoreAt, StoryClauses
from referral_flow.testing.story import play_stories


class TestMemoryStore(StoryClauses):
    @pytest.fixture
    def make_store(self) -> MakeStore:
        return StoreAt(MemoryStore, "memory:")


@pytest.mark.parametrize("broken", [PageThatSkips, RunThatStands, WrongCountAtAPastDate])
def test_a_story_goes_otherwise_in_a_broken_store(broken: type[MemoryStore]) -> None:
    with pytest.raises(AssertionError, match="in memory"):
        play_stories(StoreAt(broken, "memory:"), stories=100, shorten=False)
