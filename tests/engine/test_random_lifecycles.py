"""Any legal lifecycle and any story: our table, the oracle and a driven model agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from attrs import define, evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_flow.engine import (
    UNCHANGED,
    At,
    Back,
    Command,
    Lifecycle,
    OneOf,
    Party,
    Refusal,
    Transition,
    any_but,
)
from referral_flow.engine.command import name_of
from referral_flow.engine.judge import judge
from referral_flow.engine.machine import drive, oracle
from referral_flow.errors import Refused
from referral_flow.testing.every_case import compare_with_transitions
from tests.engine.lending import at

ANYBODY = (Party("anybody"),)
SETTINGS = settings(max_examples=100, deadline=None)


class Move(Command[Any]):
    """A command whose bits decide what the guards say, and whose pick the target."""

    thing: str = "t-1"
    bits: int = 0
    pick: int = 0


class Start(Move):
    pass


class Push(Move):
    pass


class Pull(Move):
    pass


class Turn(Move):
    pass


class Drop(Move):
    pass


@define(slots=False)
class Thing:
    """What the guards see, and the model that is driven."""

    state: str | None = None
    steps: int = 0
    came_from: str | None = None


def by_the_first_bit(_state: Any, command: Move, _at: At[Any, Any]) -> Refusal | None:
    return Refusal("first") if command.bits & 1 else None


def by_the_second_bit(_state: Any, command: Move, _at: At[Any, Any]) -> Refusal | None:
    return Refusal("second") if command.bits & 2 else None


def crashes_by_the_third_bit(_state: Any, command: Move, _at: At[Any, Any]) -> Refusal | None:
    if command.bits & 4:
        raise RuntimeError("the third bit")
    return None


def says_yes_by_the_fourth_bit(_state: Any, command: Move, _at: At[Any, Any]) -> Any:
    return "yes" if command.bits & 8 else None


def by_the_steps(state: Thing | None, _at: At[Any, Any]) -> Refusal | None:
    return Refusal("third_step") if state is not None and state.steps % 3 == 2 else None


def by_its_past(state: Thing | None, _at: At[Any, Any]) -> Refusal | None:
    return Refusal("was_there") if state is not None and state.came_from == "p1" else None


GUARDS = (
    by_the_first_bit,
    by_the_second_bit,
    crashes_by_the_third_bit,
    says_yes_by_the_fourth_bit,
)
GIVEN = (by_the_steps, by_its_past)


def picked(among: Sequence[StrEnum]) -> Callable[[Any, Move], StrEnum]:
    def choose(_state: Any, command: Move) -> StrEnum:
        return among[command.pick % len(among)]

    return choose


def remembered(among: Sequence[StrEnum]) -> Callable[[Thing], StrEnum]:
    def read(state: Thing) -> StrEnum:
        known = [member for member in among if member == state.came_from]
        return known[0] if known else among[0]

    return read


@st.composite
def lifecycles(draw: st.DrawFn) -> Lifecycle:
    """Build a legal lifecycle: rows as they come, and then what makes them legal."""
    enum: Any = StrEnum
    count = draw(st.integers(1, 5))
    states: type[StrEnum] = enum("Place", [(f"PLACE_{n}", f"p{n}") for n in range(count)])
    places = list(states)
    some = st.lists(st.sampled_from(places), unique=True, max_size=count)
    one_or_more = st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=count)

    guards = st.lists(st.sampled_from(GUARDS), unique=True, max_size=3)
    asked = st.lists(st.sampled_from(GIVEN), unique=True, max_size=2)
    yes = st.booleans()

    def row(command: type[Move], source: Any, target: Any) -> Transition:
        return Transition(
            command,
            source,
            target,
            by=ANYBODY,
            guards=tuple(draw(guards)),
            given=tuple(draw(asked)),
        )

    def target() -> Any:
        shape = draw(st.sampled_from(["state", "unchanged", "one of", "back"]))
        among = tuple(draw(one_or_more))
        return {
            "state": among[0],
            "unchanged": UNCHANGED,
            "one of": OneOf(picked(among), among),
            "back": Back(remembered(among), among),
        }[shape]

    rows: list[Transition] = []
    for command in (Start, Push, Pull, Turn, Drop)[: draw(st.integers(1, 5))]:
        free = list(places)
        left_out = draw(some)
        if draw(yes) and len(left_out) < count:
            rows.append(row(command, any_but(*left_out), target()))
            free = left_out
        for _ in range(draw(st.integers(0, 2))):
            if not free:
                break
            sources = draw(st.lists(st.sampled_from(free), unique=True, min_size=1))
            rows.append(row(command, sources[0] if len(sources) == 1 else tuple(sources), target()))
            free = [place for place in free if place not in sources]

    first = draw(one_or_more)
    while True:
        start = OneOf(picked(tuple(first)), tuple(first)) if len(first) > 1 else first[0]
        missing = _unreached(places, first, rows)
        if not missing:
            break
        first = [*first, missing[0]]
    created = row(Start, None, start)
    own = {s for t in rows if not hasattr(t.source, "states") for s in _several(t.source)}
    closed = [place for place in places if place not in own]
    return Lifecycle(
        "random",
        states,
        tuple(draw(st.permutations([created, *rows]))),
        closed=tuple(dict.fromkeys([*closed, *draw(some)])),
        always=tuple(draw(st.lists(st.sampled_from(GUARDS), unique=True, max_size=1))),
    )


def _several(source: Any) -> tuple[Any, ...]:
    return source if isinstance(source, tuple) else (source,)


def _unreached(
    places: list[StrEnum], first: list[StrEnum], rows: list[Transition]
) -> list[StrEnum]:
    reached = set(first)
    for _ in places:
        for t in rows:
            target: Any = t.target
            left_out = getattr(t.source, "states", None)
            sources = _several(t.source) if left_out is None else set(places) - set(left_out)
            if target is not UNCHANGED and reached.intersection(sources):
                reached.update(getattr(target, "among", (target,)))
    return [place for place in places if place not in reached]


STORY = st.lists(
    st.builds(
        lambda command, bits, pick: command(bits=bits, pick=pick),
        st.sampled_from([Start, Push, Pull, Turn, Drop]),
        st.sampled_from([0, 0, 0, 1, 2, 4, 8, 15]),
        st.integers(0, 4),
    ),
    max_size=30,
)


def ours(lifecycle: Lifecycle, thing: Thing, command: Move) -> str | None:
    row = lifecycle.row(thing.state, type(command))
    seen = None if thing.state is None else thing
    if row is None or judge(row, seen, command, at(), {}):
        return None
    return row.target(seen, command)


@SETTINGS
@given(lifecycles(), STORY)
def test_our_table_the_oracle_and_a_driven_model_tell_the_same_story(
    lifecycle: Lifecycle, story: list[Move]
) -> None:
    as_written = oracle(lifecycle)
    thing = Thing()
    model: Any = Thing()
    drive(lifecycle, model)
    for command in story:
        seen = None if thing.state is None else thing
        moved = ours(lifecycle, thing, command)

        assert as_written.fire(thing.state, type(command), seen, command, at()) == moved
        assert driven(model, command) == moved

        if moved is not None:
            thing = evolve(thing, state=moved, steps=thing.steps + 1, came_from=thing.state)
            model.steps, model.came_from = thing.steps, thing.came_from
        assert model.state == thing.state


def driven(model: Any, command: Move) -> str | None:
    fire = getattr(model, name_of(type(command)), None)
    if fire is None:
        return None
    try:
        fire(command, at())
    except Refused:
        return None
    return str(model.state)


@SETTINGS
@given(lifecycles())
def test_every_case_of_any_lifecycle_agrees(lifecycle: Lifecycle) -> None:
    pairs = (len(lifecycle.states) + 1) * len(lifecycle.commands)

    assert compare_with_transitions(lifecycle) >= pairs
