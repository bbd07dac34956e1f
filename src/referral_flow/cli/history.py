"""The history of one stream: who, when it happened, when it was recorded, what and why (S44)."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from referral_flow.application.answers import HistoryEntry
from referral_flow.cli.card import subject
from referral_flow.cli.events import at, details, ids_in, title, who, words_of
from referral_flow.cli.failing import DONE
from referral_flow.cli.kinds import kind_of
from referral_flow.cli.names import Names
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column
from referral_flow.cli.work import Work, opened

_PAGE = 1000


def history(id: Annotated[str, Parameter(name="ID")], /, *, common: Common = DEFAULT) -> int:
    """Tell the history of one stream, oldest first."""
    with opened(common) as work:
        state = work.desk.get(id)
        entries = entries_of(work, id)
        if work.out.as_json:
            told = [as_data(entry) for entry in entries]
            work.out.json({"kind": kind_of(state), "id": state.id, "entries": told})
        else:
            write_story(work, state, entries)
    return DONE


def entries_of(work: Work, id: str) -> list[HistoryEntry]:
    """Give the whole history."""
    found: list[HistoryEntry] = []
    while page := work.desk.history(id, after=len(found), limit=_PAGE):
        found += page
    return found


def write_story(work: Work, state: Any, entries: list[HistoryEntry]) -> None:
    """Write a history in words, under what it is the history of."""
    out = work.out
    out.heading(subject(work, state))
    out.line()
    names = Names(work, ids_in(entries))
    columns = (Column(out.word("column_on"), whole=True), Column(out.word("column_event")))
    rows = []
    for entry in entries:
        lines = [title(entry, out)]
        if known := details(entry, names, out):
            lines.append("; ".join(known))
        lines += words_of(entry, names, out)
        lines.append(f"{who(entry.actor, names, out)}; {at(entry, work)}")
        rows.append((out.shown(entry.on), "\n".join(lines)))
    out.table(columns, rows)


def as_data(entry: HistoryEntry) -> dict[str, Any]:
    """Give one entry, every field by its name."""
    return {
        "version": entry.version,
        "name": entry.name,
        "on": entry.on,
        "recorded_at": entry.recorded_at,
        "actor": entry.actor,
        "was": entry.was,
        "now": entry.now,
        "event": entry.event,
        "words": entry.words,
    }
