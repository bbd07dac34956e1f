"""Clauses of claims: what no two streams may hold at once."""

from __future__ import annotations

import pytest

from referral_flow.engine.record import change
from referral_flow.errors import Taken
from referral_flow.ports import Batch, Claim, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.appending import ROUNDS, WithStore
from referral_flow.testing.store_clauses.rows import id_of, stream
from referral_flow.testing.store_clauses.scenario import together, wins

PAPER = Claim("paper", "15/GT")


class ClaimClauses(WithStore):
    """A claim has one holder, who can let it go."""

    def test_a_claim_is_held_by_one_stream(self, store: Store) -> None:
        store.append(change(rows.created(stream(1)), take=[(*PAPER, id_of(1))]))
        with pytest.raises(Taken) as told:
            store.append(change(rows.created(stream(2)), take=[(*PAPER, id_of(2))]))
        assert (told.value.kind, told.value.value) == PAPER
        assert store.holders([PAPER, Claim("paper", "16/GT")]) == {PAPER: id_of(1)}

    def test_the_kind_is_a_part_of_a_claim(self, store: Store) -> None:
        others = [("number", "15/GT", id_of(2)), ("paper", "15/gt", id_of(3))]
        store.append(Batch(take=[(*PAPER, id_of(1)), *others]))
        assert len(
            store.holders([PAPER, Claim("number", "15/GT"), Claim("paper", "15/gt")])
        ) == len([PAPER, *others])

    def test_taking_what_one_holds_is_nothing(self, store: Store) -> None:
        take = Batch(take=[(*PAPER, id_of(1))])
        store.append(take)
        store.append(take)
        assert store.holders([PAPER]) == {PAPER: id_of(1)}

    def test_a_claim_is_freed_and_taken_in_one_batch(self, store: Store) -> None:
        store.append(Batch(take=[(*PAPER, id_of(1))]))
        store.append(Batch(free=[(*PAPER, id_of(1))], take=[(*PAPER, id_of(2))]))
        assert store.holders([PAPER]) == {PAPER: id_of(2)}

    def test_a_claim_that_was_freed_is_free(self, store: Store) -> None:
        store.append(Batch(take=[(*PAPER, id_of(1))]))
        store.append(Batch(free=[(*PAPER, id_of(1))]))
        assert store.holders([PAPER]) == {}

    def test_nobody_frees_the_claim_of_another(self, store: Store) -> None:
        store.append(Batch(take=[(*PAPER, id_of(1))]))
        store.append(Batch(free=[(*PAPER, id_of(2))]))
        assert store.holders([PAPER]) == {PAPER: id_of(1)}

    def test_a_claim_that_threads_race_for_has_one_winner(self, store: Store) -> None:
        for value in map(str, range(ROUNDS)):

            def take(number: int, value: str = value) -> bool:
                return wins(store, Batch(take=[("paper", value, id_of(number))]))

            assert sum(together(take, 4)) == 1

    def test_what_streams_hold_is_told(self, store: Store) -> None:
        take = [
            ("b", "2", id_of(1)),
            ("a", "9", id_of(2)),
            ("a", "1", id_of(1)),
            ("c", "1", id_of(3)),
        ]
        timers = [rows.timer(2, "b"), rows.timer(2, "a"), rows.timer(1), rows.timer(3)]
        store.append(Batch(take=take, timers=timers))
        claims, held = store.held([id_of(2), id_of(1)])
        assert sorted(claims) == sorted(take[:3])
        assert sorted(held) == sorted(timers[:3])
        assert store.held([]) == ([], [])
