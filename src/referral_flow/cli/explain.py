"""What may be done with a stream now, what may not, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from cyclopts import Parameter

from referral_flow.cli.card import subject
from referral_flow.cli.failing import DONE, refusal_as_data, words_of
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.work import opened
from referral_flow.engine.verdict import Possibility, Verdict

_ORDER = (Verdict.ALLOWED, Verdict.DEPENDS, Verdict.REFUSED)


def explain(id: Annotated[str, Parameter(name="ID")], /, *, common: Common = DEFAULT) -> int:
    """Say of every command whether it may be done."""
    with opened(common) as work:
        out = work.out
        explanation = work.desk.explain(id)
        possibilities = sorted(explanation.possibilities, key=lambda p: _ORDER.index(p.verdict))
        if out.as_json:
            told = [_as_data(one, out.language) for one in possibilities]
            out.json(
                {
                    "id": explanation.stream,
                    "kind": explanation.kind,
                    "state": explanation.state,
                    "possibilities": told,
                }
            )
            return DONE
        out.heading(subject(work, work.desk.get(id)))
        out.line(out.word("now_in", state=explanation.state))
        columns = (
            Column(out.word("column_verdict"), whole=True),
            Column(out.word("column_command"), whole=True),
            Column(out.word("column_words")),
        )
        rows = [
            (out.word(one.verdict, "verdict"), one.command, "\n".join(_lines(one, out)))
            for one in possibilities
        ]
        if rows:
            out.line()
            out.table(columns, rows)
        else:
            out.line(out.word("nothing_to_do"))
    return DONE


def _lines(one: Possibility, out: Output) -> Iterator[str]:
    name = out.word(one.command, "command")
    leads = out.word("leads_to", states=one.leads_to) if one.leads_to else ""
    yield f"{name} {leads}".rstrip()
    if one.depends_on:
        labels = (out.word(f"field_{name}") for name in one.depends_on)
        fields = [label[0].lower() + label[1:] for label in labels]
        yield out.word("depends_on", fields=fields)
    for refusal in one.refusals:
        yield f"{refusal.code}: {words_of(refusal, out.language)}"


def _as_data(one: Possibility, language: str) -> dict[str, Any]:
    return {
        "command": one.command,
        "verdict": one.verdict,
        "refusals": [refusal_as_data(refusal, language) for refusal in one.refusals],
        "depends_on": one.depends_on,
        "leads_to": one.leads_to,
    }
