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
_IN_ORDER = "now, left_requester, was, was_mark, mark"
"""The order of the indexes that figures read, after the label."""


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
    on: str
    known_as_of: int | None
    never: tuple[str, ...]

    def by_then(self, of: str = "") -> Said:
        """Say which events had happened by the day, and were known."""
        if self.known_as_of is None:
            return Said(f"{of}day <= ?", (self.on,))
        return Said(f"{of}day <= ? AND {of}recorded_at <= ?", (self.on, self.known_as_of))

    def changes(self, of: str = "") -> Said:
        """Say which events are changes of this kind by then."""
        kind = Said(f"{of}kind = ? AND {of}now IS NOT NULL", (self.kind,))
        return _all_of(kind, self.by_then(of))

    def closing(self) -> Said:
        """Say which events `n` led to a state that leaves a stream out."""
        return _all_of(Said(f"n.now {_AMONG}", (json.dumps(self.never),)), self.by_then("n."))


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
    asked = _Asked(kind, on, known_as_of, tuple(never))
    before, counted = _of_all(asked) if either is None else _of_some(asked, either)
    sql = (
        f"{before.sql} SELECT {_CHANGE}, CAST(sum(n) AS BIGINT) FROM ({counted.sql}) c"
        f" GROUP BY {_CHANGE}"
    )
    return Said(sql.lstrip(), (*before.values, *counted.values))


def _of_all(asked: _Asked) -> tuple[Said, Said]:
    """Count all in the order of an index, and take off again what is left out."""
    counted = _grouped(_CHANGE, f"requester, {_IN_ORDER}", asked.changes())
    if not asked.never:
        return Said(""), counted
    kind, closing = Said("n.kind = ?", (asked.kind,)), asked.closing()
    # There are few labels: each is found by one look, not by a pass.
    label = Said(
        "label (id) AS (SELECT min(requester) FROM rf_event WHERE kind = ? AND now IS NOT NULL"
        " UNION ALL SELECT (SELECT min(requester) FROM rf_event"
        " WHERE kind = ? AND now IS NOT NULL AND requester > label.id)"
        " FROM label WHERE label.id IS NOT NULL)",
        (asked.kind, asked.kind),
    )
    under_one = _all_of(
        Said("SELECT n.stream FROM label CROSS JOIN rf_event n WHERE n.requester = label.id"),
        kind,
        closing,
    )
    under_none = _all_of(
        Said("SELECT n.stream FROM rf_event n WHERE n.requester IS NULL"), kind, closing
    )
    left_out = _joined(" UNION ", [under_one, under_none])
    # Their kind is not asked again, or the planner reads all of it for each.
    off = _all_of(
        Said(
            "SELECT e.was, e.was_mark, e.now, e.mark, -count(*) FROM left_out g"
            " CROSS JOIN rf_event e WHERE e.stream = g.stream AND e.now IS NOT NULL"
        ),
        asked.by_then("e."),
    )
    off = Said(f"{off.sql} GROUP BY e.was, e.was_mark, e.now, e.mark", off.values)
    before = _joined(", ", [label, _kept(left_out)])
    return Said(f"WITH RECURSIVE {before.sql}", before.values), _joined(
        " UNION ALL ", [counted, off]
    )


def _of_some(asked: _Asked, labels: Sequence[str]) -> tuple[Said, Said]:
    """Count what came under these labels, and off what moved away from them."""
    before, kept = Said(""), Said("TRUE")
    if asked.never:
        left_out = _kept(_left_out(asked, labels))
        before = Said(f"WITH {left_out.sql}", left_out.values)
        kept = Said("stream NOT IN (SELECT stream FROM left_out)")
    came = _all_of(asked.changes(), kept)
    # Every move is a change; said again, the planner would take the wrong index.
    gone = _all_of(Said("kind = ?", (asked.kind,)), asked.by_then(), kept)
    requester, owner = _among("requester", labels), _among("owner", labels)
    left_requester = _among("left_requester", labels)
    left_owner = _among("left_owner", labels)
    outside = Said(f"(requester IS NULL OR NOT ({requester.sql}))", requester.values)
    left_outside = Said(f"NOT ({left_requester.sql})", left_requester.values)
    # What moved from other labels left them, not these.
    now = "CASE WHEN left_requester IS NULL THEN was END AS was, was_mark, now, mark"
    was = "was, was_mark, NULL AS now, NULL AS mark"
    return before, _joined(
        " UNION ALL ",
        [
            _grouped(now, _IN_ORDER, _all_of(requester, came)),
            _grouped(now, _IN_ORDER, _all_of(owner, outside, came)),
            _grouped(was, "was, was_mark", _all_of(left_requester, gone)),
            _grouped(was, "was, was_mark", _all_of(left_owner, left_outside, gone)),
        ],
    )


def _left_out(asked: _Asked, labels: Sequence[str]) -> Said:
    """Find the streams to leave out: closed under these labels, or after they moved away."""
    kind, closing = Said("n.kind = ?", (asked.kind,)), asked.closing()
    here = Said("SELECT n.stream FROM rf_event n WHERE TRUE")
    away = Said(
        "SELECT n.stream FROM rf_event m CROSS JOIN rf_event n"
        " WHERE n.stream = m.stream AND m.kind = ?",
        (asked.kind,),
    )
    return _joined(
        " UNION ",
        [
            _all_of(here, kind, _among("n.requester", labels), closing),
            _all_of(here, kind, _among("n.owner", labels), closing),
            _all_of(away, _among("m.left_requester", labels), closing),
            _all_of(away, _among("m.left_owner", labels), closing),
        ],
    )


def _kept(left_out: Said) -> Said:
    return Said(f"left_out (stream) AS MATERIALIZED ({left_out.sql})", left_out.values)


def _grouped(columns: str, by: str, where: Said) -> Said:
    sql = f"SELECT {columns}, count(*) AS n FROM rf_event WHERE {where.sql} GROUP BY {by}"
    return Said(sql, where.values)


def _all_of(*parts: Said) -> Said:
    return _joined(" AND ", parts)
