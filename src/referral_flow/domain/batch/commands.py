"""What may be asked of a batch."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from referral_flow.domain.batch.state import AdoptionBatch
from referral_flow.domain.dates import Note
from referral_flow.engine import Command


class OpenBatch(Command[AdoptionBatch]):
    """Open a batch under a name that no other bears (S56)."""

    name: Annotated[str, Meta(pattern=r"\S", max_length=120)]


class BatchCommand(Command[AdoptionBatch]):
    """Note something in one batch; only a referral's row calls it."""

    batch: str
    referral: str

    @property
    def stream(self) -> str:
        return self.batch


class NoteAdopted(BatchCommand, Note):
    """Note that a referral was adopted in this batch, and the first day that it counts on."""

    first_day: date


class NoteUndone(BatchCommand, Note):
    """Note that its adoption was undone."""
