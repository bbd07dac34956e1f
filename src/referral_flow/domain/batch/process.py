"""The batch as a process. It is small enough to stand on one page."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.batch import commands as c
from referral_flow.domain.batch import events as e
from referral_flow.domain.batch.facts import NameFacts, batch_name
from referral_flow.domain.batch.lifecycle import BATCH, READERS
from referral_flow.domain.batch.state import AdoptionBatch, BatchState
from referral_flow.engine import Decision, Labels, Process, Step
from referral_flow.engine.record import change


def open_batch(_: None, command: c.OpenBatch, at: At[NameFacts]) -> Decision:
    """Open the batch and claim its name."""
    opened = e.BatchOpened(command.name, at.actor.committee)
    return Decision((opened,), take=(batch_name(command.name),))


def note_adopted(_: AdoptionBatch, command: c.NoteAdopted, _at: At[None]) -> Decision:
    """Keep which referral was adopted."""
    return Decision((e.AdoptionNoted(command.referral, command.first_day),))


def note_undone(_: AdoptionBatch, command: c.NoteUndone, _at: At[None]) -> Decision:
    """Keep which adoption was undone."""
    return Decision((e.UndoNoted(command.referral),))


def evolve(state: AdoptionBatch | None, event: Any, step: Step) -> AdoptionBatch:
    """Give the batch after `event`."""
    if state is None:
        now = BatchState(step.now)
        return AdoptionBatch(step.stream, now, event.name, event.committee, 0, 0, step.on)
    if isinstance(event, e.AdoptionNoted):
        return change(state, adopted=state.adopted + 1)
    return change(state, undone=state.undone + 1)


def labels(state: AdoptionBatch) -> Labels:
    """Give the committee that opened it."""
    return Labels(owner=state.committee)


BATCH_PROCESS = Process(
    "batch",
    BATCH,
    AdoptionBatch,
    {
        "batch.opened@1": e.BatchOpened,
        "batch.adoption_noted@1": e.AdoptionNoted,
        "batch.undo_noted@1": e.UndoNoted,
    },
    {
        c.OpenBatch: open_batch,
        c.NoteAdopted: note_adopted,
        c.NoteUndone: note_undone,
    },
    evolve,
    labels,
    READERS,
    claims={"batch": "batch_exists"},
)
