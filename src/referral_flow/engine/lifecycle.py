"""A lifecycle: the rows of one process, checked when it is made and compiled to a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from referral_flow.engine import checks
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.record import Definition, change
from referral_flow.engine.rows import (
    UNCHANGED,
    AnyBut,
    Back,
    Given,
    Guard,
    OneOf,
    Party,
    Transition,
)
from referral_flow.engine.verdict import Possibility, Verdict

if TYPE_CHECKING:
    from referral_flow.engine.machine import Machine


class GuardFor(Definition):
    """A further guard for the rows of `command`, in `states` or in all; it only narrows.

    `reads` names its own class of facts; without it the guard sees the facts of the row.
    """

    command: type[Command[Any]]
    guard: Guard
    states: tuple[str, ...] | None = None
    reads: type[Any] | None = None


class Row(Definition, eq=False):
    """A row as it is run: one command in one state.

    `fixed` is its target where that needs no choice; `unhindered` is what is told of it
    when nothing in the stream stands against it.
    """

    command: type[Command[Any]]
    source: str | None
    transition: Transition
    given: tuple[Given, ...]
    guards: tuple[Guard, ...]
    further: tuple[GuardFor, ...]
    by: tuple[Party, ...]
    reads: tuple[type[Any], ...]
    fixed: str | None
    unhindered: Possibility

    def target(self, state: Any, command: Any) -> str:
        """Give the state that an allowed command leads to.

        Raises ValueError where a chooser gives a state that its row does not list.
        """
        fixed = self.fixed
        if fixed is not None:
            return fixed
        target = self.transition.target
        assert isinstance(target, OneOf | Back)  # every other target is fixed
        chosen = target.choose(state, command) if isinstance(target, OneOf) else target.read(state)
        if chosen not in target.among:
            raise ValueError(f"{name_of(self.command)}: {chosen!r} is not among its targets")
        return str(chosen)


Table = Mapping[tuple[str | None, type[Any]], Row]


class _Besides(Definition, kw_only=True, dict=True):
    """What a lifecycle may have besides its rows; `dict` is for what is made of them once."""

    closed: tuple[StrEnum, ...] = ()
    always: tuple[Guard, ...] = ()
    further: tuple[GuardFor, ...] = ()


class Lifecycle(_Besides):
    """The states and rows of one process.

    `closed` are the states in which nothing is due any more; `always` are guards that
    stand on every row. Raises LifecycleError when a row cannot stand.
    """

    name: str
    states: type[StrEnum]
    rows: tuple[Transition, ...]

    def __post_init__(self) -> None:
        checks.check(self)

    @cached_property
    def table(self) -> Table:
        """Give the row of each command in each state that has one."""
        return {
            (row.source, row.command): row
            for transition in self.rows
            for row in self._compiled(transition)
        }

    @cached_property
    def commands(self) -> Mapping[type[Any], tuple[Row, ...]]:
        """Give the rows of each command, as they are written."""
        commands: dict[type[Any], list[Row]] = {}
        for row in self.table.values():
            commands.setdefault(row.command, []).append(row)
        return {command: tuple(rows) for command, rows in commands.items()}

    @cached_property
    def by_state(self) -> Mapping[str | None, tuple[Row, ...]]:
        """Give the rows of each state, as they are written; None stands for a creation."""
        by_state: dict[str | None, list[Row]] = {}
        for row in self.table.values():
            by_state.setdefault(row.source, []).append(row)
        return {state: tuple(rows) for state, rows in by_state.items()}

    def row(self, state: str | None, command: type[Any]) -> Row | None:
        """Give the row of `command` in `state`, or None."""
        return self.table.get((state, command))

    def rows_of(self, state: str | None) -> tuple[Row, ...]:
        """Give the rows of a state, as they are written; None stands for a creation."""
        return self.by_state.get(state, ())

    def sources(self, transition: Transition) -> tuple[str | None, ...]:
        """Give the states that a row starts from; None stands for a creation."""
        source = transition.source
        if source is None:
            return (None,)
        if isinstance(source, AnyBut):
            return tuple(str(state) for state in self.states if state not in source.states)
        return tuple(map(str, source)) if isinstance(source, tuple) else (str(source),)

    def targets(self, transition: Transition) -> tuple[str, ...]:
        """Give the states that a row may lead to; none for one that leaves it unchanged."""
        target = transition.target
        if target is UNCHANGED:
            return ()
        among = target.among if isinstance(target, OneOf | Back) else (target,)
        return tuple(map(str, among))

    def extend(
        self,
        *rows: Transition,
        states: type[StrEnum] | None = None,
        closed: Iterable[StrEnum] = (),
        always: Iterable[Guard] = (),
    ) -> Lifecycle:
        """Give a new lifecycle with more rows, states and guards; this one stays as it is."""
        return change(
            self,
            states=states or self.states,
            rows=(*self.rows, *rows),
            closed=(*self.closed, *closed),
            always=(*self.always, *always),
        )

    def narrow(self, guards: Iterable[GuardFor]) -> Lifecycle:
        """Give a new lifecycle in which `guards` may refuse what this one allows."""
        return change(self, further=(*self.further, *guards))

    @property
    def fingerprint(self) -> str:
        """Give a short text that is equal exactly when the rows are written equal."""
        written = (
            self.name,
            *(f"state {state}" for state in self.states),
            *(f"closed {state}" for state in self.closed),
            *(f"always {checks.name(guard)}" for guard in self.always),
            *(checks.written(transition) for transition in self.rows),
            *(
                f"further {name_of(f.command)} {checks.name(f.guard)} {f.states} {f.reads}"
                for f in self.further
            ),
        )
        return blake2b("\n".join(written).encode(), digest_size=16).hexdigest()

    def machine(self, model: Any) -> Machine:
        """Drive `model`, an object of yours with a `state`, by these rows and guards.

        See referral_flow.engine.machine for what the model gains.
        """
        from referral_flow.engine.machine import drive  # noqa: PLC0415 - transitions is slow to load

        return drive(self, model)

    def _unhindered(self, transition: Transition, further: tuple[GuardFor, ...]) -> Possibility:
        depends = bool(transition.guards or further)
        return Possibility(
            name_of(transition.command),
            Verdict.DEPENDS if depends else Verdict.ALLOWED,
            depends_on=checks.depends_on(transition, further) if depends else (),
            leads_to=self.targets(transition),
        )

    def _compiled(self, transition: Transition) -> Iterator[Row]:
        """Give a row of the page for each state from which it starts."""
        alone = self._unhindered(transition, ())
        for source in self.sources(transition):
            yield self._row(transition, source, alone)

    def _row(self, transition: Transition, source: str | None, alone: Possibility) -> Row:
        further = tuple(
            f
            for f in self.further
            if f.command is transition.command and (f.states is None or source in f.states)
        )
        reads = (transition.reads, *(f.reads for f in further))
        target = transition.target
        fixed = source if target is UNCHANGED else str(target)
        return Row(
            command=transition.command,
            source=source,
            transition=transition,
            given=transition.given,
            guards=(*transition.guards, *self.always),
            further=further,
            by=transition.by,
            reads=tuple(dict.fromkeys(r for r in reads if r is not None)),
            fixed=None if isinstance(target, OneOf | Back) else fixed,
            unhindered=self._unhindered(transition, further) if further else alone,
        )
