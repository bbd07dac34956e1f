"""What the rows of a sheet of referrals under way ask for, and the batch that they make."""

from __future__ import annotations

from referral_flow.application.desk import Desk
from referral_flow.domain.batch.commands import OpenBatch
from referral_flow.domain.batch.state import AdoptionBatch
from referral_flow.domain.referral.commands import Adopt
from referral_flow.domain.referral.state import Exemption, KnownPaper, PastEvaluation
from referral_flow.roster.adoption_rows import AdoptionRow
from referral_flow.roster.headings import (
    CYCLE,
    GROUND,
    GROUP,
    MEMBER,
    NUMBER,
    RATING,
    RESIDENCE,
    SINCE,
    STATE,
    WORKPLACE,
)
from referral_flow.roster.orders import Order, with_member
from referral_flow.roster.rows import Placed

ALREADY = "already_adopted"
"""The refusal of a row that an earlier run has adopted."""

_COLUMNS = {
    "unknown_member": MEMBER,
    "not_own_member": WORKPLACE,
    "not_to_be_introduced": MEMBER,
    "open_referral_exists": MEMBER,
    "already_registered": MEMBER,
    "not_a_residence_committee": RESIDENCE,
    "not_a_workplace_committee": WORKPLACE,
    "duplicate_paper": NUMBER,
    "unknown_state": STATE,
    "not_for_state": STATE,
    "before_paper": SINCE,
    "date_in_future": SINCE,
    "too_far_back": SINCE,
    "cycle_in_future": CYCLE,
    "unknown_rating": RATING,
    "unknown_group": GROUP,
    "group_elsewhere": GROUP,
    "merged_into_cell": GROUP,
    "group_full": GROUP,
    "group_closed": GROUP,
    "not_in_rule_set": GROUND,
    "unknown_ground": GROUND,
}


class AdoptionOrders:
    """Makes the order of a row, in a batch that is opened with the first of them.

    In a rehearsal no batch is opened: nothing can have been adopted in one that is not there.
    """

    def __init__(self, desk: Desk, name: str, late_reason: str, dry_run: bool) -> None:
        self._desk = desk
        self._name = name
        self._late_reason = late_reason
        found = batch_named(desk, name)
        self._batch = None if found is None else found.id
        self._opens = not dry_run

    def __call__(self, placed: Placed, known: bool) -> Order:
        """Make the order of a row."""
        row, workplace, residence, _ = placed
        assert isinstance(row, AdoptionRow)
        batch = self._in_batch()
        past = None if row.evaluated_in is None else PastEvaluation(row.evaluated_in, row.rating)
        adopt = Adopt(
            row.member,
            workplace,
            residence,
            row.state,
            KnownPaper(row.number, row.issued_on),
            past,
            row.came_from,
            row.group,
            None if row.ground is None else Exemption(row.ground, row.until),
            batch,
            None if batch is None else placed.referral,
            on=row.since,
            late_reason=self._late_reason,
        )
        # Without an id: whether it was adopted before, the row of the batch says, which an
        # undo frees. An id that came again would give the first answer, undone or not.
        return Order(placed, with_member(placed, known, adopt, None), _COLUMNS)

    def _in_batch(self) -> str | None:
        if self._batch is None and self._opens:
            self._batch = self._desk.execute(OpenBatch(self._name)).stream
        return self._batch


def batch_named(desk: Desk, name: str) -> AdoptionBatch | None:
    """Give the batch of this name or id, if there is one that this desk may see.

    Looked for among batches alone: a file may be named like a committee or a member.
    """
    after = None
    while True:
        page = desk.find(kind="batch", after=after)
        found = next((batch for batch in page if name in (batch.name, batch.id)), None)
        after = page.after
        if found is not None or after is None:
            return found
