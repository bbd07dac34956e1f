"""The audit: everything that is stored against the history."""

from __future__ import annotations

from referral_flow.cli.failing import DONE, FOUND
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column
from referral_flow.cli.work import only_the_operator, opened
from referral_flow.domain.people import Role


def verify(*, common: Common = DEFAULT) -> int:
    """Compare everything that is stored with the history; a fault makes the exit code 1."""
    with opened(common, Role.OPERATOR) as work:
        only_the_operator(work)
        out, verified = work.out, work.flow.verify()
        if out.as_json:
            out.json(
                {
                    "streams": verified.streams,
                    "events": verified.events,
                    "faults": verified.faults,
                }
            )
        else:
            out.line(out.word("verified", streams=verified.streams, events=verified.events))
            out.line(
                out.word("faults" if verified.faults else "no_faults", faults=len(verified.faults))
            )
            columns = (
                Column(out.word("column_id"), whole=True),
                Column(out.word("column_event"), right=True),
                Column(out.word("column_problem")),
            )
            faults = [(f.stream, out.shown(f.version), f.problem) for f in verified.faults]
            if faults:
                out.table(columns, faults)
    return FOUND if verified.faults else DONE
