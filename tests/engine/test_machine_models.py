"""Models that cannot be driven are refused when they come, and not when they are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import attrs
import pytest

from referral_flow.engine import Command, Lifecycle, Party, Transition
from referral_flow.engine.machine import drive
from referral_flow.errors import LifecycleError
from tests.engine.books import Book, driven, problem
from tests.engine.lending import (
    CLOSED,
    LENDING,
    ROWS,
    Borrowing,
    Loan,
)


class Stateless:
    pass


class WithItsOwn(Book):
    def hold(self) -> str:
        return "mine"


class ReadOnly:
    @property
    def state(self) -> Loan:
        return Loan.ASKED


class Slotted:
    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state = Loan.ASKED


@dataclass(frozen=True)
class FrozenDataclass:
    state: Loan = Loan.ASKED


@attrs.define
class SlottedAttrs:
    state: Loan = Loan.ASKED


@attrs.frozen(slots=False)
class FrozenAttrs:
    state: Loan = Loan.ASKED


def test_a_model_without_a_state_is_refused() -> None:
    assert problem(Stateless()) == "has no attribute `state`"


def test_a_model_in_an_unknown_state_is_refused_with_the_near_match() -> None:
    assert problem(Book(state="asked_fro")) == (
        "unknown state 'asked_fro'; did you mean 'asked_for'?"
    )


def test_a_model_with_a_method_by_the_name_of_a_command_is_refused() -> None:
    book = WithItsOwn()

    assert problem(book) == "has its own 'hold', which would hide the command"
    assert book.hold() == "mine"
    assert vars(book) == vars(Book())


@pytest.mark.parametrize(
    "model",
    [Borrowing(), SlottedAttrs(), FrozenAttrs(), FrozenDataclass(), Slotted(), ReadOnly()],
    ids=lambda model: type(model).__name__,
)
def test_a_frozen_or_slotted_model_is_refused(model: Any) -> None:
    assert problem(model).startswith("is frozen or slotted")
    assert not hasattr(model, "hand")


class WithAProperty(Book):
    @property
    def find(self) -> str:
        raise AssertionError("was asked")


def test_a_property_by_the_name_of_a_command_is_refused_and_not_asked() -> None:
    assert problem(WithAProperty()) == "has its own 'find', which would hide the command"


def test_an_attribute_by_the_name_of_a_command_is_refused() -> None:
    book: Any = Book()
    book.swap = "mine"

    assert problem(book) == "has its own 'swap', which would hide the command"
    assert book.swap == "mine"


class Choosy(Book):
    def __setattr__(self, name: str, value: Any) -> None:
        if name == "lose":
            raise AttributeError("not that one")
        super().__setattr__(name, value)


def test_a_model_that_takes_some_commands_only_is_left_with_none() -> None:
    book = Choosy()

    assert problem(book) == "is frozen or slotted: not that one"
    assert vars(book) == vars(Book())


def test_a_model_that_is_driven_already_is_refused() -> None:
    assert problem(driven()) == "is driven already"


def test_the_refusal_names_the_class_of_the_model() -> None:
    with pytest.raises(LifecycleError) as caught:
        drive(LENDING, Stateless())
    assert caught.value.data["row"] == "model Stateless"
    assert caught.value.data["lifecycle"] == "lending"


class State(Command[Any]):
    """A command whose method would stand where the model keeps its state."""


def test_a_command_by_the_name_of_the_attribute_is_refused() -> None:
    rows = (*ROWS, Transition(State, Loan.LENT, Loan.DONE, by=(Party("desk"),)))
    lifecycle = Lifecycle("lending", Loan, rows, closed=CLOSED)

    assert problem(Book(), lifecycle) == "is a command by the name of a model's attribute"
