"""The rows of a lifecycle: who may do what, from where, to where, and on which conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

from referral_flow.engine.actor import Actor
from referral_flow.engine.command import Command
from referral_flow.engine.record import Definition
from referral_flow.engine.refusal import Refusal

Guard = Callable[[Any, Any, Any], Refusal | None]
Given = Callable[[Any, Any], Refusal | None]


class _Unchanged:
    """The target of a row that leaves the state as it is."""

    def __repr__(self) -> str:
        return "UNCHANGED"


UNCHANGED: Final = _Unchanged()


class AnyBut(Definition):
    """Every state but these; which ones they are is settled when the table is built."""

    states: tuple[StrEnum, ...]


def any_but(*states: StrEnum) -> AnyBut:
    """Give a source that is every state of the lifecycle but `states`."""
    return AnyBut(states)


class OneOf(Definition):
    """A target that is chosen by `choose(state, command)` among a closed list of states."""

    choose: Callable[[Any, Any], StrEnum]
    among: tuple[StrEnum, ...]


class Back(Definition):
    """A target that `read(state)` remembers: the state that a stream came from."""

    read: Callable[[Any], StrEnum | None]
    among: tuple[StrEnum, ...]


Source = StrEnum | AnyBut | tuple[StrEnum, ...] | None
Target = StrEnum | _Unchanged | OneOf | Back


class Party(Definition):
    """Those who may act or read: a role, and which committees or persons of it.

    `of(state, command, actor)` gives the ids that count; None means anybody of that role.
    `above` admits the superiors of those committees; `person` compares the actor's person
    instead of the committee. `claim` is the kind of unique claim by which the streams of
    a person are found.
    """

    role: str
    of: Callable[[Any, Any, Actor], Iterable[str | None]] | None = None
    above: bool = False
    person: bool = False
    claim: str | None = None


class Transition(Definition):
    """One row: `command` leads from `source` to `target` when no guard refuses.

    A `given(state, at)` asks about the stream alone, so that it can be answered before
    there is a command; a guard in `guards(state, command, at)` judges the command. `reads`
    is the class of facts to load beforehand; a guard names it as `At[GroupFacts, Any]`.
    """

    command: type[Command[Any]]
    source: Source
    target: Target
    by: tuple[Party, ...]
    guards: tuple[Guard, ...] = ()
    given: tuple[Given, ...] = ()
    reads: type[Any] | None = None
