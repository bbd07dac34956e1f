"""Driving an object of the embedder's own by our rows and guards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from referral_flow.engine import At, GuardFor, Refusal
from referral_flow.engine.machine import drive
from referral_flow.engine.refusal import RefusalKind
from referral_flow.errors import Refused
from tests.engine.books import Book, Torn, driven, refused
from tests.engine.lending import (
    LENDING,
    TODAY,
    Ask,
    Find,
    Hand,
    Hold,
    Loan,
    Lose,
    Offer,
    Release,
    Remind,
    Return,
    Shelf,
    Swap,
    at,
)


def test_a_command_moves_the_model_by_its_row() -> None:
    book = driven()

    assert book.hand(Hand(), at()) is True
    assert book.state is Loan.LENT


def test_the_lifecycle_itself_is_the_door() -> None:
    book: Any = Book()
    LENDING.machine(book)

    book.hand(Hand(), at())
    assert book.state is Loan.LENT


def test_a_refusal_tells_every_reason_and_moves_nothing() -> None:
    book = driven(in_good_standing=False)
    command = Hand(copy="c-9", until=TODAY)
    tomorrow = TODAY + timedelta(days=1)

    with pytest.raises(Refused) as caught:
        book.hand(command, at(on=tomorrow))

    assert caught.value.codes == (
        "reader_owes_a_book",
        "copy_is_gone",
        "date_is_past",
        "date_in_future",
    )
    assert caught.value.data["command"] == "hand"
    assert book.state is Loan.ASKED


def test_a_command_in_the_wrong_state_is_refused_like_any_other() -> None:
    book = driven()

    with pytest.raises(Refused) as caught:
        book.swap(Swap(), at())

    (refusal,) = caught.value.refusals
    assert refusal.code == "not_allowed_in_state"
    assert refusal.kind is RefusalKind.WRONG_STATE
    assert refusal.data == {"state": "asked_for", "allowed_in": ("lent_out",)}


def test_a_model_that_is_not_created_yet_is_created() -> None:
    book = driven(state=None)

    assert refused(lambda: book.hand(Hand(), at())) == ("not_allowed_in_state",)
    book.ask(Ask(queue=3), at())
    assert book.state is Loan.WAITING


def test_the_guards_of_a_creation_see_no_state() -> None:
    seen: list[Any] = []

    def looks(state: Any, _command: Any, _at: Any) -> Refusal | None:
        seen.append(state)
        return None

    book = driven(LENDING.narrow([GuardFor(Ask, looks), GuardFor(Hand, looks)]), state=None)
    book.ask(Ask(), at())
    book.hand(Hand(), at())

    assert seen[0] is None
    assert seen[1] is book


def test_a_model_that_is_created_is_not_created_again() -> None:
    assert refused(lambda: driven().ask(Ask(), at())) == ("not_allowed_in_state",)


@pytest.mark.parametrize("came_from", [Loan.ASKED, Loan.LENT])
def test_the_way_back_leads_where_the_model_remembers(came_from: Loan) -> None:
    book = driven(state=Loan.HELD, held_from=came_from)

    book.release(Release(), at())
    assert book.state is came_from


def test_a_state_that_is_text_is_understood() -> None:
    book = driven(state="asked_for")

    book.hand(Hand(), at())
    assert book.state is Loan.LENT


def test_a_state_out_of_the_list_is_an_error_and_moves_nothing() -> None:
    book = driven(state=Loan.HELD, held_from=Loan.LOST)

    with pytest.raises(ValueError, match="not among its targets"):
        book.release(Release(), at())
    assert book.state is Loan.HELD


def test_the_reasons_are_there_before_anybody_tries() -> None:
    book: Any = Book(in_good_standing=False)
    machine = drive(LENDING, book)

    codes = [refusal.code for refusal in machine.refusals(book, Hand(copy="c-9"), at())]
    assert codes == ["reader_owes_a_book", "copy_is_gone"]
    assert machine.refusals(book, Hold(), at()) == ()
    assert book.state is Loan.ASKED


def test_further_guards_refuse_too() -> None:
    def needs_three_copies(_state: Any, _command: Any, at: At[Shelf, Any]) -> Refusal | None:
        return None if len(at.facts.copies) > 2 else Refusal("shelf_is_thin")

    book = driven(LENDING.narrow([GuardFor(Hand, needs_three_copies, reads=Shelf)]))

    assert refused(lambda: book.hand(Hand(), at())) == ("shelf_is_thin",)


def test_a_command_of_another_class_is_an_error() -> None:
    book = driven()

    with pytest.raises(TypeError, match="hand takes no Hold"):
        book.hand(Hold(), at())
    assert book.state is Loan.ASKED


# --- guards that misbehave


def a_guard_that_raises(_state: Any, _command: Any, _at: Any) -> Refusal | None:
    raise KeyError("Trần Thị B")


def a_guard_that_says_yes(_state: Any, _command: Any, _at: Any) -> Any:
    return "yes"


@pytest.mark.parametrize("guard", [a_guard_that_raises, a_guard_that_says_yes])
def test_a_guard_that_misbehaves_refuses_and_moves_nothing(guard: Any) -> None:
    book = driven(LENDING.narrow([GuardFor(Hand, guard)]))

    assert refused(lambda: book.hand(Hand(), at())) == ("guard_crashed",)
    assert book.state is Loan.ASKED


# --- the embedder's callbacks


class Diary(Book):
    """A book that notes where it comes and goes."""

    notes: list[str]

    def on_exit_asked_for(self, event: Any) -> None:
        self.notes = [f"left by {type(event.args[0]).__name__}"]

    def on_enter_lent_out(self, event: Any) -> None:
        self.notes.append(f"lent until {event.args[0].until}")


def test_the_callbacks_of_the_model_are_called_with_the_command() -> None:
    book: Any = Diary()
    drive(LENDING, book)

    book.hand(Hand(until=date(2026, 4, 1)), at())
    assert book.notes == ["left by Hand", "lent until 2026-04-01"]


def test_a_row_that_changes_nothing_calls_no_callback() -> None:
    book: Any = Diary(state=Loan.LENT)
    drive(LENDING, book)

    book.swap(Swap(), at())
    assert book.state is Loan.LENT
    assert not hasattr(book, "notes")


def test_a_callback_that_raises_leaves_the_state_as_it_was() -> None:
    book: Any = Torn()
    drive(LENDING, book)

    with pytest.raises(OSError, match="printer"):
        book.hand(Hand(), at())
    assert book.state is Loan.ASKED


def test_an_error_that_is_handled_leaves_the_state_as_it_was() -> None:
    book: Any = Torn()
    seen: list[str] = []
    machine = drive(LENDING, book)
    machine.on_exception = [lambda event: seen.append(str(event.error))]

    assert book.hand(Hand(), at()) is False
    assert seen == ["the printer is out of paper"]
    assert book.state is Loan.ASKED


class Stolen(Book):
    """A book that goes on by itself."""

    def on_enter_lent_out(self, event: Any) -> None:
        book: Any = self
        book.lose(Lose(reason="stolen"), event.args[1])


def test_a_callback_may_do_the_next_command() -> None:
    book: Any = Stolen()
    drive(LENDING, book)

    book.hand(Hand(), at())
    assert book.state is Loan.LOST


def test_every_command_of_a_long_life_is_done() -> None:
    book = driven(state=None)
    life: list[tuple[str, Any, Loan]] = [
        ("ask", Ask(queue=1), Loan.WAITING),
        ("offer", Offer(), Loan.ASKED),
        ("remind", Remind(), Loan.ASKED),
        ("hand", Hand(), Loan.LENT),
        ("swap", Swap(), Loan.LENT),
        ("hold", Hold(), Loan.HELD),
        ("release", Release(), Loan.LENT),
        ("return", Return(), Loan.DONE),
        ("lose", Lose(), Loan.LOST),
        ("find", Find(), Loan.DONE),
    ]
    book.held_from = Loan.LENT
    for name, command, state in life:
        getattr(book, name)(command, at())
        assert book.state is state
