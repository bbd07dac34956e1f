"""Clauses of reading: histories, what is found by labels, and figures at past dates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from referral_flow.engine.record import change
from referral_flow.ports import Batch, EventRow, Query, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.appending import WithStore
from referral_flow.testing.store_clauses.rows import KIND, event, id_of, stream

LONG = 2500
PAGE = 1000


class HistoryClauses(WithStore):
    """Events come by version, each with its words."""

    def test_a_history_is_in_the_order_of_versions(self, store: Store) -> None:
        events = [event(1, version) for version in (3, 1, 2)]
        store.append(Batch(streams=[(stream(1, 3), 0)], events=events))
        assert [row.version for row, _ in store.history(id_of(1))] == [1, 2, 3]

    def test_events_of_one_stream_are_not_those_of_another(self, store: Store) -> None:
        store.append(rows.created(stream(1), stream(2)))
        assert store.history(id_of(2)) == [(event(2, now="open"), None)]

    def test_words_are_read_beside_their_events(self, store: Store) -> None:
        spoken = [rows.words(1, 2), rows.words(2, 1)]
        store.append(change(rows.created(stream(1), stream(2)), words=spoken))
        store.append(rows.moved(1, 2))
        assert [said for _, said in store.history(id_of(1))] == [None, spoken[0]]
        assert store.words([(id_of(1), 1), (id_of(1), 2), (id_of(2), 1)]) == {
            (row.stream, row.version): row.data for row in spoken
        }

    def test_a_long_history_is_read_in_pages(self, store: Store) -> None:
        events = [event(1, version) for version in range(1, LONG + 1)]
        spoken = [rows.words(1, version) for version in range(1, LONG + 1, 2)]
        store.append(Batch(streams=[(stream(1, LONG), 0)], events=events, words=spoken))
        seen: list[EventRow] = []
        while page := store.history(id_of(1), after=len(seen), limit=PAGE):
            assert len(page) <= PAGE
            assert len(seen) <= LONG
            seen += [row for row, _ in page]
        assert seen == events
        assert len(store.words([(id_of(1), version) for version in range(LONG)])) == LONG // 2


def _found(store: Store, query: Query) -> list[int]:
    return [int.from_bytes(row.id, "big") for row in store.find(query)]


class FindClauses(WithStore):
    """Streams are found by their labels, in pages by id."""

    @pytest.fixture
    def cases(self, store: Store) -> Store:
        store.append(
            rows.created(
                stream(1, requester="w-1", owner="r-1", due=10),
                stream(2, requester="w-1", owner="r-2", due=20, state="closed"),
                stream(3, requester="w-2", owner="w-1", due=30),
                stream(4, requester="w-2", state="closed"),
                stream(5, owner="r-1", kind="other"),
                stream(6, requester="w-1", owner="w-1", state="void"),
            )
        )
        return store

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (Query(KIND), [1, 2, 3, 4, 6]),
            (Query("other"), [5]),
            (Query("none"), []),
            (Query(KIND, states=("open",)), [1, 3]),
            (Query(KIND, states=("open", "void")), [1, 3, 6]),
            (Query(KIND, requester=("w-1",)), [1, 2, 6]),
            (Query(KIND, requester=("w-1", "w-2"), states=("closed",)), [2, 4]),
            (Query(KIND, owner=("r-1", "r-2")), [1, 2]),
            (Query(KIND, owner=("w-1",), requester=("w-1",)), [6]),
            (Query(KIND, either=("w-1",)), [1, 2, 3, 6]),
            (Query(KIND, either=("w-1", "w-2")), [1, 2, 3, 4, 6]),
            (Query(KIND, either=("r-1", "w-2"), states=("open",)), [1, 3]),
            (Query(KIND, either=("w-1",), owner=("r-1", "w-1")), [1, 3, 6]),
            (Query(KIND, due_before=20), [1]),
            (Query(KIND, due_before=21), [1, 2]),
            (Query(KIND, due_before=99, either=("w-1",), states=("open",)), [1, 3]),
            (Query(KIND, states=()), []),
            (Query(KIND, either=()), []),
            (Query(KIND, after=id_of(2)), [3, 4, 6]),
            (Query(KIND, either=("w-1",), after=id_of(1), limit=2), [2, 3]),
            (Query(KIND, limit=2), [1, 2]),
        ],
    )
    def test_streams_are_found_by_their_labels(
        self, cases: Store, query: Query, found: list[int]
    ) -> None:
        assert _found(cases, query) == found

    def test_a_stream_that_moved_is_found_under_its_new_labels(self, cases: Store) -> None:
        cases.append(rows.moved(1, 2, requester="w-1", owner="r-9", state="closed"))
        assert _found(cases, Query(KIND, owner=("r-1",))) == []
        assert _found(cases, Query(KIND, owner=("r-9",), states=("closed",))) == [1]
        assert _found(cases, Query(KIND, due_before=20)) == []

    def test_what_is_found_is_whole(self, cases: Store) -> None:
        wanted = stream(2, requester="w-1", owner="r-2", due=20, state="closed")
        assert cases.find(Query(KIND, owner=("r-2",))) == [wanted]

    @pytest.mark.parametrize("either", [None, ("w-1", "r-1"), ("w-1",)])
    def test_pages_give_every_stream_once(
        self, store: Store, either: tuple[str, ...] | None
    ) -> None:
        many = [stream(number, requester="w-1", owner="r-1") for number in range(1, 212)]
        store.append(rows.created(*reversed(many)))
        query = Query(KIND, either=either, limit=50)
        for start in range(0, len(many), 50):
            page = store.find(query)
            assert page == many[start : start + 50]
            query = change(query, after=page[-1].id)
        assert store.find(query) == []

    @pytest.mark.parametrize("states", [None, ("open",)])
    def test_pages_of_a_large_scope_leave_out_what_lies_between(
        self, store: Store, states: tuple[str, ...] | None
    ) -> None:
        mine = [*range(1, 11), *range(251, 264)]
        state = {number: ("open", "closed")[number % 3 == 0] for number in mine}
        theirs = [stream(number, requester="w-2", owner="r-2") for number in range(11, 251)]
        ours = [stream(n, requester="w-1", owner="r-2", state=state[n]) for n in mine]
        store.append(rows.created(*theirs, *ours))
        scope = ("w-1", *(f"w-1/{number}" for number in range(40)))
        query = Query(KIND, states=states, either=scope, limit=5)
        seen: list[int] = []
        while page := store.find(query):
            assert len(page) <= query.limit
            seen += [int.from_bytes(row.id, "big") for row in page]
            query = change(query, after=page[-1].id)
        assert seen == [n for n in mine if states is None or state[n] in states]

    def test_a_scan_gives_every_stream_of_every_kind(self, cases: Store) -> None:
        first = cases.scan(limit=4)
        rest = cases.scan(after=first[-1].id, limit=4)
        assert [row.id for row in first + rest] == [id_of(n) for n in (1, 2, 3, 4, 5, 6)]
        assert cases.scan(after=rest[-1].id) == []


def _story() -> Iterator[EventRow]:
    """Tell of five streams; the second is reopened, the fourth was recorded late."""
    first = partial(event, 1, requester="w-1", owner="r-1")
    yield first(1, day="2013-01-10", recorded_at=1, now="open")
    yield first(2, day="2013-02-01", recorded_at=2)
    yield first(3, day="2013-03-05", recorded_at=3, was="open", now="rated", mark="good")
    second = partial(event, 2, requester="w-1", owner="w-1")
    yield second(1, day="2013-01-20", recorded_at=4, now="open")
    yield second(2, day="2013-03-01", recorded_at=5, was="open", now="rated", mark="good")
    yield second(3, day="2013-04-01", recorded_at=6, was="rated", was_mark="good", now="open")
    third = partial(event, 3, requester="w-2")
    yield third(1, day="2013-02-10", recorded_at=7, now="open")
    yield third(2, day="2013-02-11", recorded_at=8, was="open", now="void")
    yield event(4, day="2013-01-01", recorded_at=99, now="open", owner="r-1")
    yield event(5, day="2013-01-01", recorded_at=9, now="open", requester="w-1")


OPEN, GOOD, VOID = ("open", ""), ("rated", "good"), ("void", "")


class CountClauses(WithStore):
    """A figure says how streams stood at the end of a day, by what was known by then."""

    @pytest.fixture
    def told(self, store: Store) -> Store:
        streams = [stream(number) for number in (1, 2, 3, 4)] + [stream(5, kind="other")]
        store.append(Batch(streams=[(row, 0) for row in streams], events=list(_story())))
        return store

    @pytest.mark.parametrize(
        ("on", "counted"),
        [
            ("2012-12-31", {}),
            ("2013-01-01", {OPEN: 1}),
            ("2013-01-20", {OPEN: 3}),
            ("2013-02-10", {OPEN: 4}),
            ("2013-02-11", {OPEN: 3, VOID: 1}),
            ("2013-03-04", {OPEN: 2, GOOD: 1, VOID: 1}),
            ("2013-03-31", {OPEN: 1, GOOD: 2, VOID: 1}),
            ("2013-04-01", {OPEN: 2, GOOD: 1, VOID: 1}),
        ],
    )
    def test_streams_are_counted_as_they_stood_at_a_past_day(
        self, told: Store, on: str, counted: dict[tuple[str, str], int]
    ) -> None:
        assert told.count(KIND, on) == counted

    def test_a_later_event_does_not_change_a_figure_of_the_past(self, told: Store) -> None:
        before = told.count(KIND, "2013-03-31")
        late = event(1, 4, day="2013-05-01", recorded_at=50, was="rated", now="void",
                     was_mark="good", requester="w-1", owner="r-1")  # fmt: skip
        told.append(Batch(streams=[(stream(1, 2, state="void"), 1)], events=[late]))
        assert told.count(KIND, "2013-03-31") == before
        assert told.count(KIND, "2013-05-01") == {OPEN: 2, VOID: 2}

    def test_what_was_recorded_later_can_be_left_out(self, told: Store) -> None:
        assert told.count(KIND, "2013-01-20", known_as_of=98) == {OPEN: 2}
        assert told.count(KIND, "2013-01-20", known_as_of=99) == {OPEN: 3}
        assert told.count(KIND, "2013-12-31", known_as_of=5) == {GOOD: 2}

    def test_streams_that_came_into_a_state_can_be_left_out(self, told: Store) -> None:
        assert told.count(KIND, "2013-12-31", never=["void"]) == {OPEN: 2, GOOD: 1}
        assert told.count(KIND, "2013-12-31", never=["rated", "void"]) == {OPEN: 1}
        assert told.count(KIND, "2013-02-10", never=["void"]) == {OPEN: 4}
        assert told.count(KIND, "2013-12-31", known_as_of=7, never=["void"]) == {GOOD: 1, OPEN: 2}

    def test_a_scope_counts_what_it_asked_for_or_owns(self, told: Store) -> None:
        assert told.count(KIND, "2013-12-31", either=["w-1"]) == {GOOD: 1, OPEN: 1}
        assert told.count(KIND, "2013-12-31", either=["r-1"]) == {GOOD: 1, OPEN: 1}
        assert told.count(KIND, "2013-12-31", either=["w-2"]) == {VOID: 1}
        assert told.count(KIND, "2013-12-31", either=["r-9"]) == {}
        assert told.count(KIND, "2013-12-31", either=[]) == {}

    def test_nothing_is_counted_twice_in_a_wide_scope(self, told: Store) -> None:
        wide = ["w-1", "w-2", "r-1", "w-1"]
        assert told.count(KIND, "2013-12-31", either=wide) == told.count(KIND, "2013-12-31")

    def test_a_scope_goes_with_every_other_narrowing(self, told: Store) -> None:
        assert told.count(KIND, "2013-12-31", 98, ["w-2", "r-1"], ["void"]) == {GOOD: 1}

    def test_kinds_are_counted_apart(self, told: Store) -> None:
        assert told.count("other", "2013-12-31") == {OPEN: 1}
        assert told.count("other", "2013-12-31", never=["void"]) == {OPEN: 1}
        assert told.count("none", "2013-12-31") == {}

    def test_a_change_of_the_mark_alone_is_counted(self, told: Store) -> None:
        marked = event(2, 4, day="2013-04-02", was="open", now="open", mark="late",
                       requester="w-1", owner="w-1")  # fmt: skip
        told.append(Batch(streams=[(stream(2, 2, mark="late"), 1)], events=[marked]))
        assert told.count(KIND, "2013-04-02") == {OPEN: 1, ("open", "late"): 1, GOOD: 1, VOID: 1}
