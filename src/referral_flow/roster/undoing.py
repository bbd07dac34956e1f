"""Undo a batch: every adoption of it on which nothing was built, in one command (S56)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice

from attrs import define, field, frozen

from referral_flow.application.answers import Done, RefusedRow
from referral_flow.application.desk import Desk
from referral_flow.application.rehearse import rehearse
from referral_flow.domain.batch.events import AdoptionNoted, UndoNoted
from referral_flow.domain.referral.commands import UndoAdoption
from referral_flow.engine.refusal import Refusal

CHUNK = 250
"""Adoptions of one transaction: each writes to the referral and to the batch."""

_PAGE = 1000

Progress = Callable[[str, int, int], None]


@frozen
class Kept:
    """A referral whose adoption stays, and why."""

    referral: str
    refusals: tuple[Refusal, ...]


@define
class Undone:
    """What became of a batch so far: what is counted here has been committed."""

    standing: int = 0
    undone: int = 0
    kept: list[Kept] = field(factory=list)


class Undo:
    """One batch on its way out. Stopped on the way, the next run goes on with the rest."""

    def __init__(self, desk: Desk, batch: str, late_reason: str, progress: Progress) -> None:
        self._desk = desk
        self._late_reason = late_reason
        self._progress = progress
        self._standing = standing(desk, batch)
        self.tally = Undone(len(self._standing))

    def run(self, *, dry_run: bool) -> None:
        """Undo what may be undone, or only say what would be."""
        left = iter(self._standing)
        while chunk := list(islice(left, CHUNK)):
            if dry_run:
                self._foresee(chunk)
            else:
                self._undo(chunk)
            done = self.tally.undone + len(self.tally.kept)
            self._progress("undoing", done, self.tally.standing)

    def _foresee(self, referrals: list[str]) -> None:
        groups = [((self._command(id), None),) for id in referrals]
        for id, foreseen in zip(referrals, rehearse(self._desk, groups), strict=True):
            self._count(id, foreseen.refusals)

    def _command(self, referral: str) -> UndoAdoption:
        # From its first day on, so that figures of every day are as if it had never been.
        day = self._standing[referral]
        return UndoAdoption(referral, on=day, late_reason=self._late_reason)

    def _undo(self, referrals: list[str]) -> None:
        def told(number: int, answer: Done[object] | RefusedRow) -> None:
            refusals = answer.refusals if isinstance(answer, RefusedRow) else ()
            self._count(referrals[number], refusals)

        self._desk.execute_many(map(self._command, referrals), told)

    def _count(self, referral: str, refusals: tuple[Refusal, ...]) -> None:
        if refusals:
            self.tally.kept.append(Kept(referral, refusals))
        else:
            self.tally.undone += 1


def standing(desk: Desk, batch: str) -> dict[str, date]:
    """Give the referrals of a batch that are not undone, with the first day of each.

    The batch's own history says so: it is written with every adoption and every undo.
    """
    found: dict[str, date] = {}
    for event in _events(desk, batch):
        if isinstance(event, AdoptionNoted):
            found[event.referral] = event.first_day
        elif isinstance(event, UndoNoted):
            found.pop(event.referral, None)
    return found


def _events(desk: Desk, batch: str) -> Iterator[object]:
    after = 0
    while page := desk.history(batch, after=after, limit=_PAGE):
        yield from (entry.event for entry in page)
        after = page[-1].version
