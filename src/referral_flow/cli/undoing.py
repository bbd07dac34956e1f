"""Undo a batch of adopted referrals (S56)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from referral_flow.cli.failing import DONE, FOUND, complain, refusal_as_data, words_of
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, clean
from referral_flow.cli.sheet_run import Progress
from referral_flow.cli.work import Work, opened
from referral_flow.domain.people import Role

if TYPE_CHECKING:
    from referral_flow.domain.batch.state import AdoptionBatch
    from referral_flow.roster.undoing import Undone


def undo(
    batch: Annotated[str, Parameter(name="BATCH")],
    /,
    *,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    common: Common = DEFAULT,
) -> int:
    """Undo every adoption of a batch on which nothing was built; the others make it exit 1."""
    with opened(common, Role.OPERATOR) as work:
        from referral_flow.roster.undoing import Undo

        found = _batch(work, batch)
        progress = Progress(work.out)
        with progress.shown():
            undoing = Undo(work.desk, found.id, work.out.word("undo_late_reason"), progress)
            try:
                undoing.run(dry_run=dry_run)
            except BaseException:
                complain(work.out.word("undo_stopped", undone=undoing.tally.undone))
                raise
        if work.out.as_json:
            work.out.json(_as_data(work, found, undoing.tally, dry_run))
        else:
            _write(work, found, undoing.tally, dry_run)
    return FOUND if undoing.tally.kept else DONE


def _batch(work: Work, named: str) -> AdoptionBatch:
    """Find a batch by its name or id; raises Refused for what is none, or is foreign."""
    from referral_flow.engine.refusal import Refusal
    from referral_flow.errors import Refused
    from referral_flow.roster.adopting import batch_named

    found = batch_named(work.desk, named)
    if found is None:
        raise Refused((Refusal("unknown_batch", {"batch": named}),))
    return found


def _write(work: Work, batch: AdoptionBatch, tally: Undone, dry_run: bool) -> None:
    out = work.out
    suffix = "_dry" if dry_run else ""
    out.line(out.word("about_batch", name=batch.name))
    out.line()
    numbers = {
        "undo_standing": tally.standing,
        f"undo_undone{suffix}": tally.undone,
        f"undo_kept{suffix}": len(tally.kept),
    }
    rows = ((out.word(code), out.shown(number)) for code, number in numbers.items())
    out.table((Column(), Column(right=True)), rows)
    if tally.kept:
        out.line()
        out.heading(out.word("undo_why_kept"))
    for kept in tally.kept:
        for refusal in kept.refusals:
            said = words_of(refusal, out.language)
            out.block(clean(f"{kept.referral}: {refusal.code}: {said}"))
    if dry_run:
        complain(out.word("dry_run_done", "roster"))
    elif tally.undone:
        complain(out.word("undo_register_stays"))


def _as_data(work: Work, batch: AdoptionBatch, tally: Undone, dry_run: bool) -> dict[str, Any]:
    return {
        "batch": batch.name,
        "dry_run": dry_run,
        "standing": tally.standing,
        "undone": tally.undone,
        "kept": [
            {
                "referral": kept.referral,
                "refusals": [refusal_as_data(one, work.out.language) for one in kept.refusals],
            }
            for kept in tally.kept
        ],
    }
