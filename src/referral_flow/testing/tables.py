"""The rows of a lifecycle as a page of text, and the ways that lead through them."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from referral_flow.engine import Lifecycle
from referral_flow.engine.command import name_of


@frozen
class Written:
    """A row as it is written in a table of rows: by hand here, by the lifecycle there.

    A `start` of None creates a stream; no `ends` leave the state as it is.
    """

    command: str
    start: str | None
    ends: tuple[str, ...]
    roles: tuple[str, ...]

    def __str__(self) -> str:
        ends = " ".join(self.ends) or "unchanged"
        return f"{self.command} | {self.start or '-'} | {ends} | {' '.join(self.roles)}"


def written(lifecycle: Lifecycle) -> set[Written]:
    """Give the rows of a lifecycle, one for each command and state."""
    return {
        Written(
            name_of(command),
            start,
            tuple(sorted(lifecycle.targets(row.transition))),
            tuple(sorted({str(party.role) for party in row.by})),
        )
        for (start, command), row in lifecycle.table.items()
    }


def rows(text: str, **groups: str) -> list[Written]:
    """Read rows that are written as `command | from | to | by`; a group stands for states.

    `-` is no state yet, `unchanged` the same one; several states, ends or roles have spaces
    between them.
    """
    found: list[Written] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        command, start, end, by = (part.strip() for part in line.split("|"))
        starts = groups.get(start, start).split()
        ends = () if end == "unchanged" else tuple(sorted(groups.get(end, end).split()))
        roles = tuple(sorted(by.split()))
        found += [Written(command, None if s == "-" else s, ends, roles) for s in starts]
    return found


def assert_table(lifecycle: Lifecycle, text: str, **groups: str) -> None:
    """Hold a lifecycle to a table that was written by hand, row by row.

    Raises AssertionError with the rows that only one of them has, written as in `rows`.
    """
    expected, found = rows(text, **groups), written(lifecycle)
    twice = sorted(str(row) for row in set(expected) if expected.count(row) > 1)
    missing = sorted(str(row) for row in set(expected) - found)
    further = sorted(str(row) for row in found - set(expected))
    told = [
        *(f"written twice: {row}" for row in twice),
        *(f"not in the lifecycle: {row}" for row in missing),
        *(f"not in the table: {row}" for row in further),
    ]
    assert not told, "\n".join([f"the rows of {lifecycle.name}", *told])


@frozen
class Step:
    """One step of a way: a command, by its name, and the state that it leads to."""

    command: str
    to: str


def paths(
    lifecycle: Lifecycle, to: str | None = None, longest: int = 10
) -> Iterator[tuple[Step, ...]]:
    """Give every way from nothing to a state that comes into no state twice.

    Without `to`, those that lead into a closed state. `longest` is how many steps one may
    have. Where a row chooses its target, each is a way. Guards are not asked.
    """
    ends = {str(state) for state in lifecycle.closed} if to is None else {to}
    unknown = ends - set(map(str, lifecycle.states))
    if unknown:
        raise ValueError(f"{lifecycle.name} has no state {', '.join(sorted(unknown))}")
    leads: dict[str | None, list[Step]] = {}
    for (start, command), row in lifecycle.table.items():
        for end in sorted(lifecycle.targets(row.transition)):
            leads.setdefault(start, []).append(Step(name_of(command), end))
    yield from _onward(leads, ends, (), None, longest)


def _onward(
    leads: dict[str | None, list[Step]],
    ends: set[str],
    way: tuple[Step, ...],
    state: str | None,
    left: int,
) -> Iterator[tuple[Step, ...]]:
    if state in ends:
        yield way
    been = {step.to for step in way}
    for step in leads.get(state, []) if left else []:
        if step.to not in been:
            yield from _onward(leads, ends, (*way, step), step.to, left - 1)
