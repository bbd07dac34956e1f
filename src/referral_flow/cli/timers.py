"""Timers: fire what is due, or say what would be fired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from referral_flow.cli.failing import DONE, FAILED, complain, refusal_as_data, words_of
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.usage import at_least_one
from referral_flow.cli.work import Work, only_the_operator, opened
from referral_flow.domain.people import Role
from referral_flow.engine.record import values_of

if TYPE_CHECKING:
    from referral_flow.application.answers import Due

_COLUMNS = ("due", "id", "words", "recipient")
_WHOLE = ("due", "id")


def tick(
    *,
    limit: Annotated[int | None, Parameter(metavar="N")] = None,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    common: Common = DEFAULT,
) -> int:
    """Fire the timers that are due; one that fails comes again, and the exit code is 3."""
    at_least_one(limit, "--limit")
    with opened(common, Role.OPERATOR) as work:
        only_the_operator(work)
        if dry_run:
            _foretell(work, work.flow.tick(limit, dry_run=True))
            return DONE
        ticked = work.flow.tick(limit)
        work.out.counts("ticked", dict(values_of(ticked)))
    return FAILED if ticked.failed else DONE


def _foretell(work: Work, timers: tuple[Due, ...]) -> None:
    """Write what would be fired, and who would be told."""
    out = work.out
    if out.as_json:
        told = [{**_as_data(one), "refusals": _refused(one, out)} for one in timers]
        out.json({"due": told})
    elif timers:
        columns = [Column(out.word(f"column_{c}"), whole=c in _WHOLE) for c in _COLUMNS]
        out.table(columns, (_row(work, one) for one in timers))
    else:
        complain(out.word("nothing_due"))


def _as_data(one: Due) -> dict[str, Any]:
    return {
        "id": one.stream,
        "timer": one.timer,
        "due": one.due,
        "command": one.command,
        "recipients": one.recipients,
    }


def _refused(one: Due, out: Output) -> list[dict[str, Any]]:
    return [refusal_as_data(refusal, out.language) for refusal in one.refusals]


def _row(work: Work, one: Due) -> tuple[str, ...]:
    out = work.out
    told = [words_of(refusal, out.language) for refusal in one.refusals]
    recipients = told or [out.shown(one.recipients)]
    command = out.word(one.command, "command") if one.command else one.timer
    return out.shown(work.local(one.due)), one.stream, command, "\n".join(recipients)
