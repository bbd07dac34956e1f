"""A door that is hung, pushed and pulled: rows to be spoilt, and functions to spoil them with."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Protocol

import pytest
from attrs import frozen

from referral_flow.engine import (
    At,
    Back,
    Command,
    GuardFor,
    Lifecycle,
    OneOf,
    Party,
    Refusal,
    Transition,
)
from referral_flow.engine.record import change
from referral_flow.errors import LifecycleError


class Door(StrEnum):
    SHUT = "shut"
    AJAR = "ajar"
    OPEN = "open"


class Typo(StrEnum):
    SHUT = "shuut"


class Hang(Command[Any]):
    pass


class Push(Command[Any]):
    door: str = "d-1"


class Pull(Command[Any]):
    door: str = "d-1"


@frozen
class Keys:
    """Facts."""


@frozen
class MasterKeys(Keys):
    pass


@frozen
class Weather:
    """Other facts."""


class HasKeys(Protocol):
    """Facts of any class that has keys."""

    keys: int


ANYBODY = (Party("anybody"),)
HUNG = Transition(Hang, None, Door.SHUT, by=ANYBODY)
AJAR = Transition(Push, Door.SHUT, Door.AJAR, by=ANYBODY)
OPENED = Transition(Push, Door.AJAR, Door.OPEN, by=ANYBODY)
SHUT = Transition(Pull, Door.OPEN, Door.SHUT, by=ANYBODY)
ROWS = (HUNG, AJAR, OPENED, SHUT)


def fine(_state: Any, _command: Any, _at: Any) -> Refusal | None:
    return None


def fine_given(_state: Any, _at: Any) -> Refusal | None:
    return None


def chosen(_state: Any, _command: Any) -> Door:
    return Door.SHUT


def read(_state: Any) -> Door:
    return Door.SHUT


async def waits(_state: Any, _command: Any, _at: Any) -> Refusal | None:
    return None


async def waits_given(_state: Any, _at: Any) -> Refusal | None:
    return None


async def waits_choosing(_state: Any, _command: Any) -> Door:
    return Door.SHUT


def wants_keys(_state: Any, _command: Any, _at: At[Keys, Any]) -> Refusal | None:
    return None


def wants_keys_or_weather(_s: Any, _c: Any, _at: At[Keys | Weather, Any]) -> Refusal | None:
    return None


def wants_whatever_has_keys(_s: Any, _c: Any, _at: At[HasKeys, Any]) -> Refusal | None:
    return None


def wants_anything(_s: Any, _c: Any, _at: At[Any, Any]) -> Refusal | None:
    return None


def wants_nothing(_s: Any, _c: Any, _at: At[None, Any]) -> Refusal | None:
    return None


def wants_keys_and_forgets_the_rules(
    _state: Any,
    _command: Any,
    _at: At[Keys],  # type: ignore[type-arg]
) -> Refusal | None:
    return None


def doors(*rows: Transition, **parts: Any) -> Lifecycle:
    return Lifecycle("doors", Door, rows or ROWS, **parts)


def passes(*rows: Transition, **parts: Any) -> None:
    assert doors(*rows, **parts).rows == rows


def refused(*rows: Transition, **parts: Any) -> tuple[str, str]:
    """Give the row and the problem that a lifecycle of these is refused with."""
    with pytest.raises(LifecycleError) as caught:
        doors(*rows, **parts)
    assert caught.value.data["lifecycle"] == "doors"
    return caught.value.data["row"], caught.value.data["problem"]


def one_of(choose: Any) -> OneOf:
    return OneOf(choose, (Door.AJAR,))


def back(remembers: Any) -> Back:
    return Back(remembers, (Door.AJAR,))


def further(guard: Any) -> tuple[GuardFor]:
    return (GuardFor(Push, guard),)


def ajar(**changes: Any) -> tuple[Transition, ...]:
    return (HUNG, change(AJAR, **changes), OPENED, SHUT)
