"""What a command did, or whether it would be done, in words or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from referral_flow.cli.card import subject
from referral_flow.cli.events import details, ids_in, title, words_of
from referral_flow.cli.failing import refusal_as_data
from referral_flow.cli.failing import words_of as refusal_words
from referral_flow.cli.names import Names
from referral_flow.errors import Refused

if TYPE_CHECKING:
    from referral_flow.application.answers import Done, HistoryEntry, Judgement
    from referral_flow.cli.work import Work


def write_done(work: Work, done: Done[Any]) -> None:
    """Write what was done to which stream, and how that stands now."""
    out = work.out
    if out.as_json:
        out.json(
            {
                "value": msgspec.to_builtins(done.value),
                "stream": done.stream,
                "version": done.version,
                "command_id": done.command_id,
                "events": done.events,
                "repeated": done.repeated,
            }
        )
        return
    entries = _entries(work, done)
    if done.repeated:
        out.line(out.word("done_before", command_id=done.command_id))
    about = subject(work, done.value)
    out.heading(about)
    names = Names(work, ids_in(entries))
    for entry in entries:
        out.line(f"{title(entry, out)}.")
        known = [*details(entry, names, out), *words_of(entry, names, out)]
        for line in known:
            # Whose it is stands above; it need not be said again.
            if line.casefold() not in about.casefold():
                out.line(f"  {line}")
    if not entries:
        for name in done.events:
            out.line(f"{out.word(name.partition('@')[0], 'event')}.")
    state = getattr(done.value, "state", None)
    out.line(out.word("done_now", state=state, version=done.version))


def _entries(work: Work, done: Done[Any]) -> list[HistoryEntry]:
    """Give what happened to the stream; nothing where whoever did it may not look at it."""
    try:
        before = done.version - len(done.events)
        return work.desk.history(done.stream, after=before, limit=len(done.events))
    except Refused:
        return []


def write_judgement(work: Work, judgement: Judgement) -> None:
    """Write whether a command would be done, and every reason why not."""
    out = work.out
    if out.as_json:
        refusals = [refusal_as_data(one, out.language) for one in judgement.refusals]
        out.json({"command": judgement.command, "allowed": judgement.allowed, "refusals": refusals})
        return
    verdict = "judged_allowed" if judgement.allowed else "judged_refused"
    out.line(out.word(verdict, command=judgement.command))
    for refusal in judgement.refusals:
        out.line(f"{refusal.code}: {refusal_words(refusal, out.language)}")
