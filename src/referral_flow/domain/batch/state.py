"""A batch as it stands; which referrals are in it, its own history says."""

from datetime import date
from enum import StrEnum

from referral_flow.engine.record import Record


class BatchState(StrEnum):
    """A batch takes referrals in for as long as it is there."""

    OPEN = "open"


class AdoptionBatch(Record):
    """A named batch; `committee` is that of whoever opened it, None for the operator.

    `adopted` and `undone` count referrals; one adopted again after an undo counts again.
    """

    id: str
    state: BatchState
    name: str
    committee: str | None
    adopted: int
    undone: int
    last_step: date

    @property
    def standing(self) -> int:
        """Give how many referrals were adopted and not undone since."""
        return self.adopted - self.undone
