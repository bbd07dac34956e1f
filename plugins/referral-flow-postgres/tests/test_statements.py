"""PostgreSQL finds what it is asked for in an index, however large the tables are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from referral_flow_postgres.dialect import Dialect
from referral_flow_postgres.link import PostgresLink
from referral_flow_postgres.store import PostgresStore

from referral_flow.ports import Query
from referral_flow.stores import counting, finding
from referral_flow.stores import statements as sql
from referral_flow.testing.store_clauses.rows import KIND, id_of

LABELS = ("w-1", "r-7")
MANY_LABELS = tuple(f"w-{n}" for n in range(40))
ROWS = 20_000
FILLED = """
    INSERT INTO {schema}.rf_stream
    SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), 'case', 1, (ARRAY['open', 'closed'])[n % 2 + 1],
           'w-' || n % 500, 'r-' || n % 400, '', n, ''
    FROM generate_series(1, {rows}) n;
    INSERT INTO {schema}.rf_event
    SELECT id, 1, 0, '2013-05-02', 'case.opened', NULL, state, '', '', requester, owner, id, '',
           '', kind, NULL, NULL
    FROM {schema}.rf_stream;
    INSERT INTO {schema}.rf_timer SELECT id, 'remind', due FROM {schema}.rf_stream;
    INSERT INTO {schema}.rf_outbox (id, stream, version, position, notifier, kind, key, data, tries,
           due, state, recipient)
    SELECT id, id, 1, 0, 'mail', 'told', '', '', 0, due,
           (ARRAY['waiting', 'digest', 'parked', 'dropped'])[due % 4 + 1], requester
    FROM {schema}.rf_stream;
    INSERT INTO {schema}.rf_unique SELECT 'paper', due::text, id FROM {schema}.rf_stream;
    INSERT INTO {schema}.rf_words SELECT id, 1, '', '' FROM {schema}.rf_stream;
    ANALYZE"""


@pytest.fixture(scope="module")
def full(database: str) -> Iterator[PostgresStore]:
    """Give a store with so many rows that reading a whole table is never the best."""
    store = PostgresStore(f"{database}?schema=full_one")
    store.migrate()
    filled = FILLED.format(schema="full_one", rows=ROWS)
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in filled.split(";"):
            connection.execute(statement.encode())
    yield store
    store.close()


def scans(store: PostgresStore, statement: str, values: Any) -> list[str]:
    """Give the tables that are read from end to end for a statement."""
    with psycopg.connect(**store._address.parameters) as connection:
        link = PostgresLink(connection, store._dialect)
        text = store._dialect.said(statement)
        ((plan,),) = link._cursor.execute(
            f"EXPLAIN (FORMAT json) {text}".encode(), values, binary=False
        ).fetchall()
        connection.rollback()
    return list(_read_whole(plan[0]["Plan"]))


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _read_whole(below)


@pytest.mark.parametrize(
    "query",
    [
        Query(KIND, requester=LABELS),
        Query(KIND, owner=LABELS),
        Query(KIND, either=LABELS),
        Query(KIND, either=LABELS, states=("open",), due_before=9),
        Query(KIND, owner=LABELS, requester=LABELS, states=("open",), after=id_of(9)),
        Query(KIND, due_before=9),
    ],
)
def test_streams_are_found_in_an_index(full: PostgresStore, query: Query) -> None:
    assert scans(full, *finding.find(query)) == []


@pytest.mark.parametrize("narrow", [{}, {"due_before": 9_000}, {"after": id_of(9)}])
def test_a_page_of_a_wide_scope_reads_no_whole_table(
    full: PostgresStore, narrow: dict[str, Any]
) -> None:
    query = Query(KIND, either=MANY_LABELS, **narrow)
    assert finding.is_wide(query)
    assert scans(full, *finding.near(query)) == []


def test_a_figure_of_a_scope_reads_that_scope_only(full: PostgresStore) -> None:
    assert scans(full, *counting.count(KIND, "2013-12-31", 9, LABELS, ())) == []


def test_a_figure_without_some_states_asks_no_list_row_by_row(full: PostgresStore) -> None:
    counted = full._dialect.said(counting.count(KIND, "2013-12-31", 9, LABELS, ["void"])[0])
    assert "NOT IN (" not in counted
    assert "NOT EXISTS (SELECT FROM" in counted
    assert full.count(KIND, "2013-12-31", never=["closed"]) == {("open", ""): ROWS // 2}


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (sql.LEASE_TIMERS, (b"", 1, 100, 1, 10)),
        (sql.LEASE_MESSAGES, (b"", 1, 100, 1, 10)),
        (sql.LEASE_DIGEST, (b"", 1, "mail", 100, 1, "mail", 100, 1)),
        (sql.DUE_TIMERS, (100, 10)),
        (sql.PARKED, (b"", 10)),
        (sql.HISTORY, (b"", 0, 10)),
        (sql.CANCEL_TIMER, (b"", "*")),
        (sql.WITHDRAW, (b"", "*")),
        (sql.listed(sql.REMOVE_MESSAGES, 2), (b"", b"", b"")),
        (sql.listed(sql.HOLDERS, 2, 2), ("", "", "", "")),
        (sql.listed(sql.WORDS, 2, 2), (b"", 1, b"", 1)),
        (sql.listed(sql.STREAMS, 2), (b"", b"")),
        (sql.listed(sql.VERSIONS, 2), (b"", b"")),
        (sql.listed(sql.CLAIMS_OF, 2), (b"", b"")),
        (sql.listed(sql.TIMERS_OF, 2), (b"", b"")),
    ],
)
def test_no_other_statement_reads_a_whole_table(
    full: PostgresStore, statement: str, values: tuple[Any, ...]
) -> None:
    assert scans(full, statement, values) == []


def test_every_lease_lets_several_lease_at_once() -> None:
    leases = [text for name, text in vars(sql).items() if name.startswith("LEASE_")]
    said = [Dialect("rf").said(text) for text in leases]
    assert len(said) >= 4
    assert [text for text in said if "FOR UPDATE SKIP LOCKED" not in text] == []
