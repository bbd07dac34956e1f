"""The worklist: what waits for a role, since when, and how it is resolved (S53)."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from referral_flow.application.answers import WorkItem
from referral_flow.cli.card import subject
from referral_flow.cli.failing import DONE, complain
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.usage import at_least_one
from referral_flow.cli.work import Work, opened


def worklist(
    *, limit: Annotated[int, Parameter(metavar="N")] = 50, common: Common = DEFAULT
) -> int:
    """List what waits, the oldest first."""
    at_least_one(limit, "--limit")
    with opened(common) as work:
        items = work.desk.worklist(limit=limit)
        if work.out.as_json:
            work.out.json({"items": [_as_data(item, work.out) for item in items]})
        elif items:
            _write(work, items)
        else:
            complain(work.out.word("nothing_waits"))
    return DONE


def _write(work: Work, items: list[WorkItem]) -> None:
    out = work.out
    columns = (Column(out.word("column_since"), whole=True), Column(out.word("worklist")))
    rows = []
    for item in items:
        lines = [_said(item, out), subject(work, work.desk.get(item.stream))]
        if item.resolve:
            lines.append(out.word("resolve_by", commands=item.resolve))
        rows.append((out.shown(item.since) or out.word("unknown"), "\n".join(lines)))
    out.table(columns, rows)


def _said(item: WorkItem, out: Output) -> str:
    return out.word(item.finding, "finding", **item.data)


def _as_data(item: WorkItem, out: Output) -> dict[str, Any]:
    return {
        "finding": item.finding,
        "rule": item.rule,
        "kind": item.kind,
        "id": item.stream,
        "since": item.since,
        "resolve": item.resolve,
        "data": item.data,
        "words": _said(item, out),
    }
