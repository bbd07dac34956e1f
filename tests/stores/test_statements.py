"""The statements find what they are asked for in an index, and the migrations are whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from referral_flow.ports import Query
from referral_flow.stores import counting, finding
from referral_flow.stores import statements as sql
from referral_flow.stores.migrations import statements, steps
from referral_flow.stores.sqlite import SqliteStore
from referral_flow.testing.store_clauses.rows import KIND, id_of

LABELS = ("w-1", "r-7")
MANY_LABELS = tuple(f"w-{n}" for n in range(40))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(f"sqlite:///{tmp_path}/store.db")
    yield store
    store.close()


def plan(store: SqliteStore, statement: str, values: Any) -> list[str]:
    return [row[3] for row in store._rows(f"EXPLAIN QUERY PLAN {statement}", values)]


def scans(steps: list[str], table: str) -> list[str]:
    """Give the steps that read the table or one of its indexes from end to end."""
    names = (f"SCAN {table}", f"SCAN {table[3]} ", "SCAN m ", "SCAN f ", "SCAN n ")
    return [step for step in steps if f"{step} ".startswith(names)]


@pytest.mark.parametrize(
    "query",
    [
        Query(KIND, requester=LABELS),
        Query(KIND, owner=LABELS),
        Query(KIND, either=LABELS),
        Query(KIND, either=LABELS, states=("open", "closed")),
        Query(KIND, either=LABELS, states=("open",), due_before=9),
        Query(KIND, either=LABELS, after=id_of(9)),
        Query(KIND, owner=LABELS, requester=LABELS, states=("open",), after=id_of(9)),
        Query(KIND, due_before=9),
        Query(KIND, due_before=9, states=("open",)),
    ],
)
def test_streams_are_found_in_an_index(store: SqliteStore, query: Query) -> None:
    steps = plan(store, *finding.find(query))
    assert scans(steps, "rf_stream") == []
    assert any("rf_stream_" in step for step in steps)


@pytest.mark.parametrize("label", ["requester", "owner"])
@pytest.mark.parametrize("labels", [LABELS, LABELS[:1]])
def test_a_page_is_read_in_the_order_of_an_index(
    store: SqliteStore, label: str, labels: tuple[str, ...]
) -> None:
    narrow: dict[str, Any] = {label: labels, "states": ("open",), "due_before": 9}
    steps = plan(store, *finding.find(Query(KIND, **narrow, after=id_of(9))))
    wanted = f"COVERING INDEX rf_stream_{label} ({label}=? AND kind=? AND id>?)"
    assert any(wanted in step for step in steps), steps


def test_what_is_overdue_is_read_in_the_order_of_an_index(store: SqliteStore) -> None:
    steps = plan(store, *finding.find(Query(KIND, due_before=9, after=id_of(9))))
    assert any("USING INDEX rf_stream_due (kind=? AND id>?)" in step for step in steps), steps
    assert [step for step in steps if "TEMP B-TREE" in step] == []


@pytest.mark.parametrize(
    ("narrow", "index"),
    [
        ({}, "sqlite_autoindex_rf_stream_1 (id<?)"),
        ({"states": ("open",), "after": id_of(9)}, "sqlite_autoindex_rf_stream_1 (id>? AND id<?)"),
        ({"due_before": 9}, "rf_stream_due (kind=? AND id<?)"),
        ({"owner": LABELS, "requester": LABELS}, "sqlite_autoindex_rf_stream_1 (id<?)"),
    ],
)
def test_a_page_of_a_wide_scope_ends_when_it_is_full(
    store: SqliteStore, narrow: dict[str, Any], index: str
) -> None:
    query = Query(KIND, either=MANY_LABELS, **narrow)
    assert finding.is_wide(query)
    steps = plan(store, *finding.near(query))
    assert steps[0] == f"SEARCH rf_stream USING INDEX {index}"
    # The one that says how far it may read goes through ids in their order, and stops.
    assert [step for step in steps if "TEMP B-TREE" in step] == []


@pytest.mark.parametrize("never", [(), ("void",)])
def test_a_figure_of_a_scope_reads_that_scope_only(
    store: SqliteStore, never: tuple[str, ...]
) -> None:
    steps = plan(store, *counting.count(KIND, "2013-12-31", 9, LABELS, never))
    assert scans(steps, "rf_event") == []
    for index in ("COVERING INDEX rf_event_requester", "INDEX rf_event_owner"):
        assert any(f"{index} (" in step for step in steps)
    for label in ("requester", "owner"):
        assert any(f"INDEX rf_event_left_{label} (left_{label}=? AND" in step for step in steps)


def test_a_figure_of_one_committee_sorts_none_of_its_changes(store: SqliteStore) -> None:
    steps = plan(store, *counting.count(KIND, "2013-12-31", 9, LABELS[:1], ("void",)))
    read = [n for n, step in enumerate(steps) if "now>?)" in step]
    assert len(read) == 2
    assert [step for n in read for step in steps[n : n + 2] if "GROUP BY" in step] == []


def test_a_figure_of_everybody_reads_no_event_and_sorts_none(store: SqliteStore) -> None:
    steps = plan(store, *counting.count(KIND, "2013-12-31", 9, None, ()))
    assert steps[1:2] == ["SEARCH rf_event USING COVERING INDEX rf_event_requester (kind=?)"]
    # What is sorted is one row for each label and change, not one for each event.
    assert steps[2:] == ["SCAN c", "USE TEMP B-TREE FOR GROUP BY"]


def test_what_is_left_out_of_a_figure_is_looked_up_by_stream(store: SqliteStore) -> None:
    steps = plan(store, *counting.count(KIND, "2013-12-31", 9, None, ("void",)))
    at = steps.index("SCAN g")
    assert steps[at + 1] == "SEARCH e USING PRIMARY KEY (stream=?)"


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (sql.LEASE_TIMERS, (b"", 1, 1, 1, 1)),
        (sql.LEASE_MESSAGES, (b"", 1, 1, 1, 1)),
        (sql.LEASE_DIGEST, (b"", 1, "", 1, 1, "", 1, 1)),
        (sql.DUE_TIMERS, (1, 1)),
        (sql.PARKED, (b"", 1)),
        (sql.HISTORY, (b"", 0, 1)),
        (sql.CANCEL_TIMER, (b"", "*")),
        (sql.WITHDRAW, (b"", "*")),
        (sql.listed(sql.REMOVE_MESSAGES, 2), (b"", b"", b"")),
        (sql.listed(sql.HOLDERS, 2, 2), ("", "", "", "")),
        (sql.listed(sql.WORDS, 2, 2), (b"", 1, b"", 1)),
        (sql.listed(sql.STREAMS, 2), (b"", b"")),
        (sql.listed(sql.CLAIMS_OF, 2), (b"", b"")),
        (sql.listed(sql.TIMERS_OF, 2), (b"", b"")),
    ],
)
def test_no_other_statement_reads_a_whole_table(
    store: SqliteStore, statement: str, values: tuple[Any, ...]
) -> None:
    whole = [step for step in plan(store, statement, values) if step.startswith("SCAN")]
    # Small ones: the list that was asked for, and an index that holds dead letters only.
    small = ("CONSTANT ROW", "SCAN asked", "rf_outbox_parked")
    assert [step for step in whole if not any(each in step for each in small)] == []


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [step.version for step in steps()] == list(range(1, len(steps()) + 1))
    assert all(step.name.startswith(f"{step.version:04}_") for step in steps())


def test_a_migration_is_split_where_lines_end_with_a_semicolon() -> None:
    text = "-- a; comment;\nCREATE TABLE a (\n  b TEXT -- ; here\n) STRICT;\n\nDROP TABLE c;\n"
    assert list(statements(text)) == [
        "CREATE TABLE a (\n  b TEXT -- ; here\n) STRICT;",
        "DROP TABLE c;",
    ]


def test_a_migration_that_breaks_off_is_told() -> None:
    with pytest.raises(ValueError, match="semicolon"):
        list(statements("CREATE TABLE a (b TEXT)\n"))
