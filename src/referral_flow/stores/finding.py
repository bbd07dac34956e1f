"""The statements that find streams, made for a query.

Each page is read in the order of an index, and ends when it is full.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from referral_flow.ports import Query
from referral_flow.stores.said import AMONG, Said, all_of, among, joined

_STREAM = "id, kind, version, state, requester, owner, mark, due, data"
_LABELS = ("requester", "owner")
_WIDE = 32  # labels: of a scope so large most streams may be
_LOOKED_AT = 20
"""How many streams are looked at for each that a page of a wide query has room for."""
_LAST = b"\xff" * 16
"""The last id that there can be."""


def find(query: Query) -> Said:
    """Give the statement of a query.

    Under labels, the ids of the page are found in an index first. `either` is two searches:
    asked with OR, the planner reads the whole table.
    """
    narrow = [Said("kind = ?", (query.kind,)), *_from(query)]
    if query.states is not None:
        narrow.append(among("state", query.states))
    given = [(name, of) for name in _LABELS if (of := getattr(query, name)) is not None]
    if query.either is not None:
        narrow += [among(label, labels) for label, labels in given]
        arms = [_page(narrow, label, query.either, query.limit) for label in _LABELS]
    elif given:
        (label, labels), *others = given
        narrow += [among(name, of) for name, of in others]
        arms = [_page(narrow, label, labels, query.limit)]
    else:
        where = all_of(*narrow)
        sql = f"SELECT {_STREAM} FROM rf_stream WHERE {where.sql} ORDER BY id LIMIT ?"
        return Said(sql, (*where.values, query.limit))
    ids = joined(" UNION ", arms)
    sql = f"SELECT {_STREAM} FROM rf_stream WHERE id IN ({ids.sql} ORDER BY id LIMIT ?) ORDER BY id"
    return Said(sql, (*ids.values, query.limit))


def is_wide(query: Query) -> bool:
    """Say whether a query is for so many labels that most streams may lie under them."""
    return query.either is not None and len(query.either) > _WIDE


def near(query: Query) -> Said:
    """Give the statement of a wide query that looks at the next streams only, whosever.

    A full page of it is the answer of `find`, at a cost that does not grow with the labels.
    It reads on until the page is full, or as far as the last of those that it may look at:
    taken from a list of them, it would read all before it sorts.
    """
    following = all_of(Said("kind = ?", (query.kind,)), *_from(query))
    last = Said(
        f"id <= coalesce((SELECT id FROM rf_stream WHERE {following.sql}"
        " ORDER BY id LIMIT 1 OFFSET ?), ?)",
        (*following.values, _LOOKED_AT * query.limit - 1, _LAST),
    )
    either = json.dumps(query.either)
    # Put together with '', a label has no index: the planner would take it, and sort.
    requester, owner = (f"({name} || '')" for name in _LABELS)
    where = [following, last, Said(f"({requester} {AMONG} OR {owner} {AMONG})", (either, either))]
    given = (("state", query.states), (requester, query.requester), (owner, query.owner))
    where += [among(column, labels) for column, labels in given if labels is not None]
    narrow = all_of(*where)
    sql = f"SELECT {_STREAM} FROM rf_stream WHERE {narrow.sql} ORDER BY id LIMIT ?"
    return Said(sql, (*narrow.values, query.limit))


def _from(query: Query) -> list[Said]:
    found = []
    if query.due_before is not None:
        found.append(Said("due < ?", (query.due_before,)))
    if query.after is not None:
        found.append(Said("id > ?", (query.after,)))
    return found


def _page(narrow: Sequence[Said], label: str, labels: Sequence[str], limit: int) -> Said:
    """Give the first ids under each label: an index has those of one in their order."""
    where = joined(" AND ", narrow)
    first = f"SELECT id FROM rf_stream WHERE {where.sql} AND {label}"
    if len(labels) == 1:
        sql = f"SELECT id FROM ({first} = ? ORDER BY id LIMIT ?) p"
        return Said(sql, (*where.values, labels[0], limit))
    sql = f"""
        SELECT s.id FROM (SELECT value FROM json_each(?)) l CROSS JOIN rf_stream s
        WHERE s.id IN ({first} = l.value ORDER BY id LIMIT ?)"""
    return Said(sql, (json.dumps(labels), *where.values, limit))
