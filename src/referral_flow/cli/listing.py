"""Lists: the referrals, groups and entries of the register that somebody may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any
from uuid import UUID

from cyclopts import Parameter

from referral_flow.cli.failing import DONE, complain
from referral_flow.cli.kinds import process_of, states_of
from referral_flow.cli.names import Names
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column
from referral_flow.cli.usage import WrongUsage, at_least_one, chosen
from referral_flow.cli.work import Work, opened
from referral_flow.domain.group.state import Group
from referral_flow.domain.referral.state import Referral, State
from referral_flow.domain.register.state import CommitteeEntry, MemberEntry, VenueEntry
from referral_flow.words.order import vietnamese_key

Row = dict[str, Any]
"""What is told of one stream, by column; names stand beside ids as `..._name`."""


def list_(
    *,
    kind: Annotated[str, Parameter(metavar="KIND")] = "referral",
    state: Annotated[tuple[str, ...], Parameter(metavar="STATE", negative=())] = (),
    overdue: Annotated[bool, Parameter(negative=())] = False,
    limit: Annotated[int, Parameter(metavar="N")] = 50,
    after: Annotated[str | None, Parameter(metavar="ID")] = None,
    common: Common = DEFAULT,
) -> int:
    """List what may be seen, a page at a time."""
    process = process_of(kind, "--kind")
    states = tuple(chosen(one, states_of(process), "--state") for one in state)
    at_least_one(limit, "--limit")
    _must_be_an_id(after)
    with opened(common) as work:
        page = work.desk.find(
            kind=kind, state=states or None, overdue=overdue, after=after, limit=limit
        )
        rows = rows_of(work, page.items)
        if work.out.as_json:
            work.out.json({"kind": kind, "items": rows, "after": page.after})
            return DONE
        if rows:
            _write(work, rows)
        else:
            complain(work.out.word("nothing_found"))
        if page.after is not None:
            complain(work.out.word("more", after=page.after))
    return DONE


def rows_of(work: Work, states: Iterable[Any]) -> list[Row]:
    """Give the rows with their names, in the order of these as Vietnamese sorts."""
    rows = [_ROWS.get(type(state), _any)(state, work) for state in states]
    names = Names(work, (row.get(column) for row in rows for column in _NAMED))
    named = [_with_names(row, names) for row in rows]
    return sorted(named, key=lambda row: vietnamese_key(_sorted_by(row)))


def _with_names(row: Row, names: Names) -> Row:
    found: Row = {}
    for column, value in row.items():
        found[column] = value
        if column in _NAMED:
            found[f"{column}_name"] = names.of(value) or None
    return found


def _sorted_by(row: Row) -> str:
    return str(row.get("member_name") or row.get("name") or row.get("member") or row["id"])


def _referral(state: Referral, work: Work) -> Row:
    late = (work.today - state.timeline.deadline).days
    overdue = late if state.state is State.ISSUED and late > 0 else 0
    return {
        "id": state.id,
        "member": state.member,
        "workplace": state.workplace,
        "residence": state.residence,
        "state": state.state,
        "since": state.since,
        "overdue_days": overdue,
    }


def _group(state: Group, _: Work) -> Row:
    return {
        "id": state.id,
        "name": state.name,
        "residence": state.residence,
        "state": state.state,
        "members": len(state.seats),
        "since": state.last_step,
    }


def _any(state: Any, _: Work) -> Row:
    """Give what every stream has, for a kind without columns of its own."""
    return {"id": state.id, "state": state.state, "since": getattr(state, "last_step", None)}


def _committee(state: CommitteeEntry, _: Work) -> Row:
    return {
        "id": state.key,
        "name": state.name,
        "role": state.kind,
        "superior": state.superior,
        "since": state.last_step,
    }


def _member(state: MemberEntry, _: Work) -> Row:
    return {
        "id": state.key,
        "member": state.key,
        "workplace": state.workplace,
        "introduce": state.introduce,
        "since": state.last_step,
    }


def _venue(state: VenueEntry, _: Work) -> Row:
    return {
        "id": state.key,
        "name": state.name,
        "residence": state.residence,
        "places": state.places,
        "since": state.last_step,
    }


_ROWS: dict[type, Callable[[Any, Work], Row]] = {
    Referral: _referral,
    Group: _group,
    CommitteeEntry: _committee,
    MemberEntry: _member,
    VenueEntry: _venue,
}
_NAMED = {"member", "workplace", "residence", "superior"}
_NUMBERS = {"overdue_days", "members", "places"}
_WHOLE = {"id", "since"}
_ID = len(str(UUID(int=0)))


def _write(work: Work, rows: list[Row]) -> None:
    """Write rows: one line each in a pipe; in a window a long id stands under its name."""
    out = work.out
    if out.on_terminal and "state" in rows[0]:
        named = "member" if "member" in rows[0] else "name"
        columns = [
            Column(out.word(f"column_{name}"), least=least)
            for name, least in ((named, _ID), ("residence", None), ("state", None))
        ]
        out.table(columns, (_narrow(work, row) for row in rows))
        return
    shown = [column for column in rows[0] if not column.endswith("_name")]
    columns = [
        Column(out.word(f"column_{name}"), name in _NUMBERS, name in _WHOLE) for name in shown
    ]
    out.table(columns, ([_cell(work, row, column) for column in shown] for row in rows))


def _narrow(work: Work, row: Row) -> tuple[str, str, str]:
    named = "member" if "member" in row else "name"
    how = [_cell(work, row, "state"), work.out.word("waits_since", since=row["since"])]
    if row.get("overdue_days"):
        how.append(work.out.word("overdue", days=row["overdue_days"]))
    who = f"{_cell(work, row, named)}\n{row['id']}"
    return who, _cell(work, row, "residence"), "\n".join(how)


def _cell(work: Work, row: Row, column: str) -> str:
    out, value = work.out, row[column]
    if column in _NAMED:
        name = row.get(f"{column}_name")
        return f"{name} ({value})" if name else value or ""
    if column in ("state", "role"):
        return out.word(str(value), column)
    if column == "overdue_days":
        return out.word("days", days=value) if value else ""
    return out.shown(value)


def _must_be_an_id(after: str | None) -> None:
    if after is None:
        return
    try:
        UUID(after)
    except ValueError:
        raise WrongUsage("wrong_id", option="--after", given=after) from None
