"""Clauses of streams that move to other labels, and of figures before and after."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from referral_flow.ports import Batch, EventRow, Store
from referral_flow.testing.store_clauses.appending import WithStore
from referral_flow.testing.store_clauses.rows import KIND, event, id_of, stream

OPEN, GOOD, VOID = ("open", ""), ("rated", "good"), ("void", "")
ALL = ("w-1", "w-2", "w-3", "r-1", "r-2")


def _moves() -> Iterator[EventRow]:
    """Tell of three streams: two move once, the third moves to nobody and back."""
    first = partial(event, 1, owner="r-1")
    yield first(1, day="2013-01-10", recorded_at=1, now="open", requester="w-1")
    yield first(2, day="2013-02-10", recorded_at=9, was="open", now="open", requester="w-2",
                left=("w-1", "r-1"))  # fmt: skip
    yield first(3, day="2013-03-10", recorded_at=10, was="open", now="rated", mark="good",
                requester="w-2")  # fmt: skip
    second = partial(event, 2)
    yield second(1, day="2013-01-20", recorded_at=2, now="open", requester="w-1", owner="r-1")
    yield second(2, day="2013-02-20", recorded_at=3, was="open", now="void", requester="w-3",
                 owner="r-2", left=("w-1", "r-1"))  # fmt: skip
    third = partial(event, 3, was="open", now="open")
    yield event(3, 1, day="2013-01-30", recorded_at=4, now="open", owner="w-3")
    yield third(2, day="2013-02-01", recorded_at=5, left=("", "w-3"))
    yield third(3, day="2013-02-25", recorded_at=6, requester="w-3", owner="w-1", left=("", ""))


class MoveClauses(WithStore):
    """An event that moves a stream counts out where it was, and in where it goes."""

    @pytest.fixture
    def moved(self, store: Store) -> Store:
        streams = [(stream(number, 3), 0) for number in (1, 2, 3)]
        store.append(Batch(streams=streams, events=list(_moves())))
        return store

    def test_the_labels_that_an_event_left_are_read_back(self, moved: Store) -> None:
        told = [row for number in (1, 2, 3) for row, _ in moved.history(id_of(number))]
        assert told == list(_moves())

    @pytest.mark.parametrize(
        ("scope", "on", "counted"),
        [
            ("w-1", "2013-02-09", {OPEN: 2}),
            ("w-2", "2013-02-09", {}),
            ("w-1", "2013-02-10", {OPEN: 1}),
            ("w-2", "2013-02-10", {OPEN: 1}),
            ("w-1", "2013-02-20", {}),
            ("w-3", "2013-02-20", {VOID: 1}),
            ("w-2", "2013-12-31", {GOOD: 1}),
            ("w-3", "2013-12-31", {VOID: 1, OPEN: 1}),
            ("w-1", "2013-12-31", {OPEN: 1}),
        ],
    )
    def test_a_stream_is_counted_where_it_was_at_that_day(
        self, moved: Store, scope: str, on: str, counted: dict[tuple[str, str], int]
    ) -> None:
        assert moved.count(KIND, on, either=[scope]) == counted

    @pytest.mark.parametrize(
        ("scope", "on", "counted"),
        [
            ("r-1", "2013-02-20", {OPEN: 1}),
            ("r-2", "2013-02-20", {VOID: 1}),
            ("w-3", "2013-01-31", {OPEN: 1}),
            ("w-3", "2013-02-01", {}),
        ],
    )
    def test_an_owner_is_left_as_a_requester_is(
        self, moved: Store, scope: str, on: str, counted: dict[tuple[str, str], int]
    ) -> None:
        assert moved.count(KIND, on, either=[scope]) == counted

    @pytest.mark.parametrize(
        ("on", "counted"),
        [
            ("2013-02-09", {OPEN: 2}),
            ("2013-02-10", {OPEN: 2}),
            ("2013-02-20", {OPEN: 1}),
            ("2013-02-25", {OPEN: 2}),
            ("2013-12-31", {OPEN: 1, GOOD: 1}),
        ],
    )
    def test_a_move_within_a_scope_changes_no_figure_of_it(
        self, moved: Store, on: str, counted: dict[tuple[str, str], int]
    ) -> None:
        assert moved.count(KIND, on, either=["w-1", "w-2"]) == counted

    def test_a_move_changes_no_figure_of_everybody(self, moved: Store) -> None:
        assert moved.count(KIND, "2013-02-15") == {OPEN: 3}
        assert moved.count(KIND, "2013-12-31") == {OPEN: 1, GOOD: 1, VOID: 1}
        assert moved.count(KIND, "2013-12-31", either=ALL) == moved.count(KIND, "2013-12-31")

    def test_a_move_that_was_not_known_yet_is_left_out(self, moved: Store) -> None:
        assert moved.count(KIND, "2013-02-10", known_as_of=8, either=["w-1"]) == {OPEN: 2}
        assert moved.count(KIND, "2013-02-10", known_as_of=8, either=["w-2"]) == {}
        assert moved.count(KIND, "2013-02-10", known_as_of=9, either=["w-2"]) == {OPEN: 1}

    def test_what_is_left_out_is_left_out_wherever_it_was(self, moved: Store) -> None:
        assert moved.count(KIND, "2013-02-20", either=["w-3"], never=["void"]) == {}
        assert moved.count(KIND, "2013-02-20", either=["w-1", "r-1"], never=["void"]) == {OPEN: 1}

    def test_nothing_is_no_label_to_count_under(self, moved: Store) -> None:
        assert moved.count(KIND, "2013-02-25", either=[""]) == {}
        assert moved.count(KIND, "2013-02-25", either=["", "w-3"]) == {VOID: 1, OPEN: 1}
