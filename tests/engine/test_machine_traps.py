"""What `transitions` gets wrong or leaves open, and the embedder does not meet."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from typing import Any

import pytest

from referral_flow.engine.machine import drive
from referral_flow.errors import Refused
from tests.engine.books import Book, Torn, driven
from tests.engine.lending import (
    LENDING,
    Hand,
    Loan,
    at,
)

COMMANDS = ("ask", "offer", "hand", "swap", "hold", "release", "remind", "return", "lose", "find")


def test_there_is_no_way_past_the_guards() -> None:
    book = driven()

    gained = set(vars(book)) - set(vars(Book()))
    assert gained == {*COMMANDS, "__getstate__"}


def test_two_equal_models_are_both_driven() -> None:
    one, other = driven(), driven()
    assert one == other

    other.hand(Hand(), at())
    assert (one.state, other.state) == (Loan.ASKED, Loan.LENT)


def test_two_equal_models_of_one_machine_are_both_driven() -> None:
    one: Any = Book()
    other: Any = Book()
    machine = drive(LENDING, one)
    machine.add_model(other)

    other.hand(Hand(), at())
    assert (one.state, other.state) == (Loan.ASKED, Loan.LENT)


def test_adding_a_model_looks_at_no_other() -> None:
    class Proud(Book):
        def __eq__(self, other: object) -> bool:
            raise AssertionError("was compared")

        __hash__ = None  # type: ignore[assignment]

    machine = drive(LENDING, Proud())
    machine.add_model(Proud())
    assert len(machine.models) == 2


def test_a_model_that_is_let_go_is_that_one_and_not_its_equal() -> None:
    one: Any = Book()
    other: Any = Book()
    machine = drive(LENDING, one)
    machine.add_model(other)

    machine.remove_model(other)

    assert vars(other) == vars(Book())
    assert machine.models == [one]
    assert machine.models[0] is one
    one.hand(Hand(), at())
    assert one.state is Loan.LENT
    drive(LENDING, other)


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda book: pickle.loads(pickle.dumps(book))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_a_copy_is_not_driven_and_can_be(copied: Callable[[Any], Any]) -> None:
    book = driven()

    twin = copied(book)
    assert twin == book
    assert vars(twin) == vars(Book())

    drive(LENDING, twin)
    twin.hand(Hand(), at())
    assert (book.state, twin.state) == (Loan.ASKED, Loan.LENT)


def test_a_pickled_model_is_as_small_as_before() -> None:
    book: Any = Book()
    before = len(pickle.dumps(book))
    machine = drive(LENDING, book)
    for _ in range(100):
        machine.add_model(Book())

    assert len(pickle.dumps(book)) == before


class Half:
    """A model with a slot beside its attributes, and one that says itself what it is made of."""

    __slots__ = ("__dict__", "shelf")

    def __init__(self) -> None:
        self.state: Any = Loan.ASKED
        self.in_good_standing = True
        self.shelf = 7


class Own(Book):
    def __getstate__(self) -> Any:
        return [self.state]

    def __setstate__(self, state: Any) -> None:
        (self.state,) = state


def test_what_a_class_says_of_copying_holds() -> None:
    half: Any = Half()
    own: Any = Own(in_good_standing=False)
    drive(LENDING, half)
    drive(LENDING, own)

    assert copy.copy(half).shelf == 7
    assert not hasattr(copy.copy(half), "hand")
    assert vars(copy.copy(own)) == {"state": Loan.ASKED}


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Let threads take turns as often as can be, so that a missing lock shows."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("hasty_threads")
def test_of_eight_threads_one_is_let_through() -> None:
    for _ in range(20):
        started = Barrier(8)
        handed: list[Any] = []
        told: list[tuple[str, ...]] = []

        class Watched(Book):
            def on_enter_lent_out(self, event: Any, handed: list[Any] = handed) -> None:
                handed.append(event.args[0])

        book: Any = Watched()
        drive(LENDING, book)
        threads = [Thread(target=_fire, args=(book, started, told)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(handed) == 1
        assert told == [("not_allowed_in_state",)] * 7


def _fire(book: Any, started: Barrier, told: list[tuple[str, ...]]) -> None:
    started.wait()
    try:
        book.hand(Hand(), at())
    except Refused as error:
        told.append(error.codes)


def test_an_error_of_one_model_takes_nothing_from_another() -> None:
    book: Any = Book()
    torn: Any = Torn()
    machine = drive(LENDING, book)
    machine.add_model(torn)

    class Nudging(Book):
        def on_exit_asked_for(self, event: Any) -> None:
            with pytest.raises(OSError, match="printer"):
                torn.hand(Hand(), event.args[1])

    nudging: Any = Nudging()
    machine.add_model(nudging)
    nudging.hand(Hand(), at())
    book.hand(Hand(), at())

    assert (nudging.state, torn.state, book.state) == (Loan.LENT, Loan.ASKED, Loan.LENT)


def test_importing_the_engine_loads_no_transitions() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import referral_flow.engine, sys; print('transitions' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "False"
