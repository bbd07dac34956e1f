"""The statement that makes a figure: one pass in the order of an index, nothing sorted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from referral_flow.stores.said import AMONG, Said, all_of, among, joined

_CHANGE = "was, was_mark, now, mark"
_IN_ORDER = "now, left_requester, was, was_mark, mark"
"""The order of the indexes that figures read, after the label."""


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
        return all_of(kind, self.by_then(of))

    def closing(self) -> Said:
        """Say which events `n` led to a state that leaves a stream out."""
        return all_of(Said(f"n.now {AMONG}", (json.dumps(self.never),)), self.by_then("n."))


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
    under_one = all_of(
        Said("SELECT n.stream FROM label CROSS JOIN rf_event n WHERE n.requester = label.id"),
        kind,
        closing,
    )
    under_none = all_of(
        Said("SELECT n.stream FROM rf_event n WHERE n.requester IS NULL"), kind, closing
    )
    left_out = joined(" UNION ", [under_one, under_none])
    # Their kind is not asked again, or the planner reads all of it for each.
    off = all_of(
        Said(
            "SELECT e.was, e.was_mark, e.now, e.mark, -count(*) FROM left_out g"
            " CROSS JOIN rf_event e WHERE e.stream = g.stream AND e.now IS NOT NULL"
        ),
        asked.by_then("e."),
    )
    off = Said(f"{off.sql} GROUP BY e.was, e.was_mark, e.now, e.mark", off.values)
    before = joined(", ", [label, _kept(left_out)])
    return Said(f"WITH RECURSIVE {before.sql}", before.values), joined(
        " UNION ALL ", [counted, off]
    )


def _of_some(asked: _Asked, labels: Sequence[str]) -> tuple[Said, Said]:
    """Count what came under these labels, and off what moved away from them."""
    before, kept = Said(""), Said("TRUE")
    if asked.never:
        left_out = _kept(_left_out(asked, labels))
        before = Said(f"WITH {left_out.sql}", left_out.values)
        kept = Said("stream NOT IN (SELECT stream FROM left_out)")
    came = all_of(asked.changes(), kept)
    # Every move is a change; said again, the planner would take the wrong index.
    gone = all_of(Said("kind = ?", (asked.kind,)), asked.by_then(), kept)
    requester, owner = among("requester", labels), among("owner", labels)
    left_requester = among("left_requester", labels)
    left_owner = among("left_owner", labels)
    outside = Said(f"(requester IS NULL OR NOT ({requester.sql}))", requester.values)
    left_outside = Said(f"NOT ({left_requester.sql})", left_requester.values)
    # What moved from other labels left them, not these.
    now = "CASE WHEN left_requester IS NULL THEN was END AS was, was_mark, now, mark"
    was = "was, was_mark, NULL AS now, NULL AS mark"
    return before, joined(
        " UNION ALL ",
        [
            _grouped(now, _IN_ORDER, all_of(requester, came)),
            _grouped(now, _IN_ORDER, all_of(owner, outside, came)),
            _grouped(was, "was, was_mark", all_of(left_requester, gone)),
            _grouped(was, "was, was_mark", all_of(left_owner, left_outside, gone)),
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
    return joined(
        " UNION ",
        [
            all_of(here, kind, among("n.requester", labels), closing),
            all_of(here, kind, among("n.owner", labels), closing),
            all_of(away, among("m.left_requester", labels), closing),
            all_of(away, among("m.left_owner", labels), closing),
        ],
    )


def _kept(left_out: Said) -> Said:
    return Said(f"left_out (stream) AS MATERIALIZED ({left_out.sql})", left_out.values)


def _grouped(columns: str, by: str, where: Said) -> Said:
    sql = f"SELECT {columns}, count(*) AS n FROM rf_event WHERE {where.sql} GROUP BY {by}"
    return Said(sql, where.values)
