"""One stream: all that is known of it, in words."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from referral_flow.cli.card import ids_of, lines_of, subject
from referral_flow.cli.failing import DONE
from referral_flow.cli.kinds import kind_of
from referral_flow.cli.names import Names
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column
from referral_flow.cli.work import opened


def show(id: Annotated[str, Parameter(name="ID")], /, *, common: Common = DEFAULT) -> int:
    """Show one stream."""
    with opened(common) as work:
        state = work.desk.get(id)
        if work.out.as_json:
            names = Names(work, ids_of(state)).as_data()
            work.out.json({**_as_data(state), "names": names})
        else:
            work.out.heading(subject(work, state))
            work.out.line()
            work.out.table((Column(), Column()), lines_of(work, state))
    return DONE


def _as_data(state: Any) -> dict[str, Any]:
    """Give the fields; the kind of a group or a committee makes way for that of the stream."""
    kind = kind_of(state)
    fields = msgspec.to_builtins(state)
    own = {f"{kind}_kind": fields.pop("kind")} if "kind" in fields else {}
    return {"kind": kind, **fields, **own}
