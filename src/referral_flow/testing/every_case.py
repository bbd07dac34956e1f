"""Every case of a lifecycle: each state, each command, each combination of verdicts.

`compare_with_transitions` runs the rows twice, in our table and in the oracle, which has them
as they are written. Functions are replaced by switches, so that any lifecycle can be compared,
whatever its guards ask for; what a guard itself says is for tests of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import product
from typing import Any

from attrs import define, field

from referral_flow.engine import (
    UNCHANGED,
    Back,
    Command,
    Lifecycle,
    OneOf,
    Refusal,
    Transition,
)
from referral_flow.engine.checks import name
from referral_flow.engine.command import name_of
from referral_flow.engine.judge import judge
from referral_flow.engine.machine import oracle
from referral_flow.engine.record import change
from referral_flow.engine.rows import AnyBut

# Up to so many functions on a row, every combination of their verdicts is a case.
ALL_COMBINATIONS_UP_TO = 10

Verdicts = tuple[bool | str, ...]
Case = tuple[str | None, type[Command[Any]], Verdicts]


def every_case(lifecycle: Lifecycle) -> Iterator[Case]:
    """Give (state, command class, verdicts) for each case; the state None is a creation.

    The verdicts are a bool for each function that the row asks, in order: `given`, `guards`,
    `always`, further guards; where the row chooses its target, that is the last. They are
    empty where there is no row. A row with more than ten functions has the cases where all
    allow, where none does, and where a single one refuses.
    """
    commands = dict.fromkeys(transition.command for transition in lifecycle.rows)
    for state in (None, *map(str, lifecycle.states)):
        for command in commands:
            transition = written_row(lifecycle, state, command)
            if transition is None:
                yield state, command, ()
                continue
            target = transition.target
            among = target.among if isinstance(target, OneOf | Back) else ()
            ends: list[tuple[str, ...]] = [(str(end),) for end in among] or [()]
            for verdicts in _combinations(len(switches(lifecycle, state, transition))):
                for chosen in ends:
                    yield state, command, (*verdicts, *chosen)


def compare_with_transitions(lifecycle: Lifecycle) -> int:
    """Hold our table to the oracle in every case; give how many cases there were.

    Both are held to what the verdicts say by themselves, too. Raises AssertionError that
    tells the case.
    """
    board = _Board()
    switched = _switched(lifecycle, board)
    as_written = oracle(switched)
    cases = 0
    for state, command, verdicts in every_case(lifecycle):
        transition = written_row(lifecycle, state, command)
        asked = [] if transition is None else switches(lifecycle, state, transition)
        answers = dict(zip(asked, verdicts, strict=False))
        board.allowed = {key for key, allows in answers.items() if allows}
        refused = [key for key in asked if key not in board.allowed]
        board.chosen = str(verdicts[-1]) if len(verdicts) > len(asked) else None

        expected = None
        if transition is not None and not refused:
            unchanged = transition.target is UNCHANGED
            expected = board.chosen or (state if unchanged else str(transition.target))
        told, ours = _ours(switched, state, command)
        theirs = as_written.fire(state, command, board, None, None)

        case = (lifecycle.name, state, name_of(command), verdicts)
        assert told == refused, (case, "told", told, "and not", refused)
        assert ours == expected, (case, "our table leads to", ours, "and not to", expected)
        assert theirs == ours, (case, "the oracle leads to", theirs, "and our table to", ours)
        cases += 1
    return cases


def written_row(
    lifecycle: Lifecycle, state: str | None, command: type[Command[Any]]
) -> Transition | None:
    """Find the row of a command in a state by reading the rows, not the table."""
    for transition in lifecycle.rows:
        source = transition.source
        if isinstance(source, AnyBut):
            found = state is not None and state not in map(str, source.states)
        elif isinstance(source, tuple):
            found = state is not None and state in map(str, source)
        else:
            found = state == (None if source is None else str(source))
        if found and transition.command is command:
            return transition
    return None


def switches(lifecycle: Lifecycle, state: str | None, transition: Transition) -> list[str]:
    """Name the switch of each function that a row asks in a state, in the order of asking."""
    row = lifecycle.rows.index(transition)
    return [
        *(f"row {row}, given {n}: {name(g)}" for n, g in enumerate(transition.given)),
        *(f"row {row}, guard {n}: {name(g)}" for n, g in enumerate(transition.guards)),
        *(f"always {n}: {name(g)}" for n, g in enumerate(lifecycle.always)),
        *(
            f"further {n}: {name(f.guard)}"
            for n, f in enumerate(lifecycle.further)
            if f.command is transition.command and (f.states is None or state in f.states)
        ),
    ]


@define
class _Board:
    """Where the switches stand; one that the row should not ask refuses."""

    allowed: set[str] = field(factory=set)
    chosen: str | None = None


def _combinations(asked: int) -> Iterator[tuple[bool, ...]]:
    if asked <= ALL_COMBINATIONS_UP_TO:
        yield from product((True, False), repeat=asked)
        return
    yield (True,) * asked
    yield (False,) * asked
    for refusing in range(asked):
        yield tuple(n != refusing for n in range(asked))


def _ours(
    lifecycle: Lifecycle, state: str | None, command: type[Command[Any]]
) -> tuple[list[str], str | None]:
    row = lifecycle.row(state, command)
    if row is None:
        return [], None
    at: Any = None
    refusals = judge(row, None, None, at, {})
    assert all(refusal.code.endswith(f": {refusal.guard}") for refusal in refusals)
    told = [refusal.code for refusal in refusals]
    return told, None if told else row.target(None, None)


def _switched(lifecycle: Lifecycle, board: _Board) -> Lifecycle:
    """Give the same lifecycle, with a switch in the place of each function."""
    rows = [_switched_row(lifecycle, n, row, board) for n, row in enumerate(lifecycle.rows)]
    always = enumerate(lifecycle.always)
    further = enumerate(lifecycle.further)
    return change(
        lifecycle,
        rows=tuple(rows),
        always=tuple(_guard(f"always {n}", g, board) for n, g in always),
        further=tuple(
            change(f, guard=_guard(f"further {n}", f.guard, board), reads=None) for n, f in further
        ),
    )


def _switched_row(
    lifecycle: Lifecycle, row: int, transition: Transition, board: _Board
) -> Transition:
    given, guards = enumerate(transition.given), enumerate(transition.guards)
    target = transition.target
    if isinstance(target, OneOf):
        target = change(target, choose=_chooser(lifecycle, target.choose, board))
    elif isinstance(target, Back):
        target = change(target, read=_reader(lifecycle, target.read, board))
    return change(
        transition,
        given=tuple(_given(f"row {row}, given {n}", g, board) for n, g in given),
        guards=tuple(_guard(f"row {row}, guard {n}", g, board) for n, g in guards),
        target=target,
    )


def _verdict(key: str, board: _Board) -> Refusal | None:
    return None if key in board.allowed else Refusal(key)


def _guard(place: str, of: Callable[..., Any], board: _Board) -> Callable[..., Any]:
    def guard(state: Any, command: Any, at: Any) -> Refusal | None:
        return _verdict(f"{place}: {name(of)}", board)

    return _named(guard, of)


def _given(place: str, of: Callable[..., Any], board: _Board) -> Callable[..., Any]:
    def given(state: Any, at: Any) -> Refusal | None:
        return _verdict(f"{place}: {name(of)}", board)

    return _named(given, of)


def _chooser(lifecycle: Lifecycle, of: Callable[..., Any], board: _Board) -> Callable[..., Any]:
    def choose(state: Any, command: Any) -> StrEnum:
        return lifecycle.states(str(board.chosen))

    return _named(choose, of)


def _reader(lifecycle: Lifecycle, of: Callable[..., Any], board: _Board) -> Callable[..., Any]:
    def read(state: Any) -> StrEnum:
        return lifecycle.states(str(board.chosen))

    return _named(read, of)


def _named(switch: Callable[..., Any], of: Callable[..., Any]) -> Callable[..., Any]:
    switch.__name__ = name(of)
    return switch
