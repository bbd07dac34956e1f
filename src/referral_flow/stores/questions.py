"""The statements that are made for a question: which streams to find, what to count.

Each is written so that an index gives its rows in the order in which they are needed: then
a page stops when it is full, and counting needs no sorting.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from referral_flow.ports import Query

_AMONG = "IN (SELECT value FROM json_each(?))"
_STREAM = "id, kind, version, state, requester, owner, mark, due, data"
_CHANGE = "was, was_mark, now, mark"


class Said(NamedTuple):
    """A piece of SQL, and the values for its parameters in their order."""

    sql: str
    values: tuple[Any, ...] = ()


def _joined(between: str, parts: Sequence[Said]) -> Said:
    values = tuple(value for part in parts for value in part.values)
    return Said(between.join(part.sql for part in parts), values)


def _among(column: str, labels: Sequence[str]) -> Said:
    """Say that a column has one of these; of a single one the planner knows the order."""
    if len(labels) == 1:
        return Said(f"{column} = ?", (labels[0],))
    return Said(f"{column} {_AMONG}", (json.dumps(labels),))


# --- streams ---------------------------------------------------------------------------


def find(query: Query) -> Said:
    """Give the statement of a query.

    The ids of the page are found in an index first. `either` is two searches: asked with
    OR, the planner reads the whole table.
    """
    narrow = [Said("kind = ?", (query.kind,))]
    if query.states is not None:
        narrow.append(Said(f"state {_AMONG}", (json.dumps(query.states),)))
    if query.due_before is not None:
        narrow.append(Said("due < ?", (query.due_before,)))
    if query.after is not None:
        narrow.append(Said("id > ?", (query.after,)))
    led = query.requester is None and query.owner is not None
    if query.requester is not None and query.owner is not None:
        narrow.append(_among("owner", query.owner))
    label, labels = ("owner", query.owner) if led else ("requester", query.requester)
    if query.either is not None:
        narrow += [_among(label, labels)] if labels is not None else []
        arms = [_page(narrow, of, query.either, query.limit) for of in ("requester", "owner")]
    elif labels is not None:
        arms = [_page(narrow, label, labels, query.limit)]
    else:
        arms = [_joined(" AND ", [Said("SELECT id FROM rf_stream WHERE TRUE"), *narrow])]
    ids = _joined(" UNION ", arms)
    sql = f"SELECT {_STREAM} FROM rf_stream WHERE id IN ({ids.sql} ORDER BY id LIMIT ?) ORDER BY id"
    return Said(sql, (*ids.values, query.limit))


def _page(narrow: Sequence[Said], label: str, labels: Sequence[str], limit: int) -> Said:
    """Give the first ids under each label: an index has those of one in their order."""
    where = _joined(" AND ", narrow)
    first = f"SELECT id FROM rf_stream WHERE {where.sql} AND {label}"
    if len(labels) == 1:
        sql = f"SELECT id FROM ({first} = ? ORDER BY id LIMIT ?) p"
        return Said(sql, (*where.values, labels[0], limit))
    sql = f"""
        SELECT s.id FROM (SELECT value FROM json_each(?)) l CROSS JOIN rf_stream s
        WHERE s.id IN ({first} = l.value ORDER BY id LIMIT ?)"""
    return Said(sql, (json.dumps(labels), *where.values, limit))


# --- figures ---------------------------------------------------------------------------


class _Asked(NamedTuple):
    """Whose changes are counted: of which kind, by which day, without which states."""

    kind: str
    then: Said
    never: tuple[str, ...]

    def changes(self, of: str = "") -> Said:
        """Say which events of `rf_event` are changes of this kind by then."""
        sql = f"{of}kind = ? AND {of}now IS NOT NULL AND {self.then.sql.replace('.', of)}"
        return Said(sql, (self.kind, *self.then.values))

    def closing(self) -> Said:
        """Say which events `n` led to a state that leaves a stream out."""
        changes = self.changes("n.")
        return Said(
            f"{changes.sql} AND n.now {_AMONG}", (*changes.values, json.dumps(self.never))
        )


def count(
    kind: str,
    on: str,
    known_as_of: int | None,
    either: Sequence[str] | None,
    never: Sequence[str],
) -> Said:
    """Give the statement that counts the changes up to a day.

    Its rows are (was, was_mark, now, mark, how many), folded by the caller, to whom None
    is nothing in or nothing out.
    """
    then = Said(".day <= ?", (on,))
    if known_as_of is not None:
        then = Said(f"{then.sql} AND .recorded_at <= ?", (on, known_as_of))
    asked = _Asked(kind, then, tuple(never))
    counted = _of_all(asked) if either is None else _of_some(asked, either)
    sql = f"SELECT {_CHANGE}, CAST(sum(n) AS BIGINT) FROM ({counted.sql}) c GROUP BY {_CHANGE}"
    return Said(sql, counted.values)


def _of_all(asked: _Asked) -> Said:
    """Count all in the order of an index, and take off again what is left out."""
    where = asked.changes()
    counted = Said(
        f"SELECT {_CHANGE}, count(*) AS n FROM rf_event WHERE {where.sql}"
        " GROUP BY requester, now, left_requester, was, was_mark, mark",
        where.values,
    )
    if not asked.never:
        return counted
    # The first index column has few values: each is found by one look, not by a pass.
    labels = Said(
        "WITH RECURSIVE label (id) AS ("
        " SELECT min(requester) FROM rf_event WHERE kind = ? AND now IS NOT NULL"
        " UNION ALL SELECT (SELECT min(requester) FROM rf_event WHERE kind = ?"
        " AND now IS NOT NULL AND requester > label.id) FROM label WHERE label.id IS NOT NULL)",
        (asked.kind, asked.kind),
    )
    closing = asked.closing()
    changes = asked.changes("e.")
    left_out = Said(
        f" SELECT e.was, e.was_mark, e.now, e.mark, -count(*) FROM ({labels.sql}"
        f" SELECT n.stream FROM label CROSS JOIN rf_event n"
        f" WHERE n.requester = label.id AND {closing.sql} UNION"
        f" SELECT n.stream FROM rf_event n WHERE n.requester IS NULL AND {closing.sql}) g"
        f" CROSS JOIN rf_event e WHERE e.stream = g.stream AND {changes.sql}"
        " GROUP BY e.was, e.was_mark, e.now, e.mark",
        (*labels.values, *closing.values, *closing.values, *changes.values),
    )
    return _joined(" UNION ALL", [counted, left_out])


def _of_some(asked: _Asked, labels: Sequence[str]) -> Said:
    """Count what came under these labels, and off what moved away from them."""
    kept = [_joined("", [asked.changes()])]
    if asked.never:
        left_out = _left_out(asked, labels)
        kept.append(Said(f"stream NOT IN ({left_out.sql})", left_out.values))
    requester, owner = _among("requester", labels), _among("owner", labels)
    left_requester = _among("left_requester", labels)
    left_owner = _among("left_owner", labels)
    outside = Said(f"(requester IS NULL OR NOT ({requester.sql}))", requester.values)
    left_outside = Said(f"NOT ({left_requester.sql})", left_requester.values)
    # What moved from other labels left them, not these.
    stayed = "CASE WHEN left_requester IS NULL THEN was END"
    in_order = "now, left_requester, was, was_mark, mark"
    came = (f"{stayed} AS was, was_mark, now, mark", in_order)
    gone = ("was, was_mark, NULL AS now, NULL AS mark", "was, was_mark")
    return _joined(
        " UNION ALL ",
        [
            _grouped(*came, [requester, *kept]),
            _grouped(*came, [owner, outside, *kept]),
            _grouped(*gone, [left_requester, *kept]),
            _grouped(*gone, [left_owner, left_outside, *kept]),
        ],
    )


def _grouped(columns: str, by: str, where: Sequence[Said]) -> Said:
    all_of = _joined(" AND ", where)
    sql = f"SELECT {columns}, count(*) AS n FROM rf_event WHERE {all_of.sql} GROUP BY {by}"
    return Said(sql, all_of.values)


def _left_out(asked: _Asked, labels: Sequence[str]) -> Said:
    """Find the streams to leave out: their last step stands here, or where they went to."""
    closing = asked.closing()
    here = [
        _joined(" AND ", [Said("SELECT n.stream FROM rf_event n WHERE TRUE"), under, closing])
        for under in (_among("n.requester", labels), _among("n.owner", labels))
    ]
    moved = [
        _joined(
            " AND ",
            [
                Said(
                    "SELECT n.stream FROM rf_event m CROSS JOIN rf_event n"
                    " WHERE n.stream = m.stream AND m.kind = ?",
                    (asked.kind,),
                ),
                under,
                closing,
            ],
        )
        for under in (_among("m.left_requester", labels), _among("m.left_owner", labels))
    ]
    return _joined(" UNION ", [*here, *moved])
