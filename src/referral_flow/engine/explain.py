"""Say what may be done now, before anybody tries."""

from __future__ import annotations

from typing import Any

from referral_flow.engine.at import At
from referral_flow.engine.judge import asked
from referral_flow.engine.lifecycle import Row
from referral_flow.engine.refusal import NOT_PERMITTED
from referral_flow.engine.verdict import Possibility, Verdict


def possibility(row: Row, state: Any, at: At[Any, Any], permitted: bool) -> Possibility:
    """Say whether the command of `row` may be done, as far as the stream alone tells."""
    refusals = asked(row, state, at)
    if not permitted:
        refusals = (NOT_PERMITTED, *refusals)
    if not refusals:
        return row.unhindered
    unhindered = row.unhindered
    return Possibility(unhindered.command, Verdict.REFUSED, refusals, (), unhindered.leads_to)
