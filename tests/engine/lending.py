"""A small but complete lifecycle for these tests: a reader borrows a book.

It has a creation, a choice, a way back, rows from everywhere, rows that change nothing, rows
of the system's, guards of both kinds and facts. The enum's names differ from its values.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Protocol

from attrs import field, frozen

from referral_flow.engine import (
    UNCHANGED,
    Actor,
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


class Loan(StrEnum):
    WAITING = "in_line"
    ASKED = "asked_for"
    LENT = "lent_out"
    HELD = "held_back"
    DONE = "given_back"
    LOST = "never_seen_again"


CLOSED = (Loan.DONE, Loan.LOST)


@frozen
class Borrowing:
    """What the guards see."""

    id: str = "l-1"
    state: Loan = Loan.ASKED
    held_from: Loan | None = None
    in_good_standing: bool = True


class Ask(Command[Borrowing]):
    reader: str = "r-1"
    queue: int = 0


class Offer(Command[Borrowing]):
    loan: str = "l-1"


class Hand(Command[Borrowing]):
    loan: str = "l-1"
    copy: str = "c-1"
    until: date | None = None


class Swap(Command[Borrowing]):
    loan: str = "l-1"
    copy: str = "c-2"


class Hold(Command[Borrowing]):
    loan: str = "l-1"
    reason: str = "a wet page"


class Release(Command[Borrowing]):
    loan: str = "l-1"


class Remind(Command[Borrowing]):
    loan: str = "l-1"


class Return(Command[Borrowing]):
    loan: str = "l-1"
    reason: str = ""


class Lose(Command[Borrowing]):
    loan: str = "l-1"
    reason: str = "a flood"


class Find(Command[Borrowing]):
    loan: str = "l-1"


@frozen
class Shelf:
    """Facts: the copies that are there."""

    copies: frozenset[str] = field(factory=lambda: frozenset({"c-1", "c-2"}))


class HasCopy(Protocol):
    @property
    def copy(self) -> str: ...


class HasReason(Protocol):
    reason: str


def copy_is_there(_state: Any, command: HasCopy, at: At[Shelf, Any]) -> Refusal | None:
    there = command.copy in at.facts.copies
    return None if there else Refusal("copy_is_gone", {"copy": command.copy})


def reason_given(_state: Any, command: HasReason, _at: At[Any, Any]) -> Refusal | None:
    return None if command.reason else Refusal("reason_required", missing=("reason",))


def until_is_ahead(_state: Any, command: Hand, at: At[Any, Any]) -> Refusal | None:
    late = command.until is not None and command.until <= at.on
    return Refusal("date_is_past") if late else None


def reader_in_good_standing(state: Borrowing, _at: At[Any, Any]) -> Refusal | None:
    return None if state.in_good_standing else Refusal("reader_owes_a_book")


def not_in_future(_state: Any, _command: Any, at: At[Any, Any]) -> Refusal | None:
    return Refusal("date_in_future") if at.on > at.today else None


def by_the_queue(_state: Any, command: Ask) -> Loan:
    return Loan.WAITING if command.queue else Loan.ASKED


def held_from(state: Borrowing) -> Loan | None:
    return state.held_from


READER = Party("reader")
DESK = Party("desk")
SYSTEM = Party("system")
OPEN = any_but(*CLOSED)
ROWS = (
    Transition(Ask, None, OneOf(by_the_queue, among=(Loan.WAITING, Loan.ASKED)), by=(READER,)),
    Transition(Offer, Loan.WAITING, Loan.ASKED, by=(SYSTEM,)),
    Transition(
        Hand,
        Loan.ASKED,
        Loan.LENT,
        by=(DESK,),
        reads=Shelf,
        given=(reader_in_good_standing,),
        guards=(copy_is_there, until_is_ahead),
    ),
    Transition(Swap, Loan.LENT, UNCHANGED, by=(DESK,), reads=Shelf, guards=(copy_is_there,)),
    Transition(Hold, (Loan.ASKED, Loan.LENT), Loan.HELD, by=(DESK,), guards=(reason_given,)),
    Transition(
        Release, Loan.HELD, Back(held_from, among=(Loan.ASKED, Loan.LENT)), by=(DESK, SYSTEM)
    ),
    Transition(Remind, OPEN, UNCHANGED, by=(SYSTEM,), given=(reader_in_good_standing,)),
    Transition(Return, OPEN, Loan.DONE, by=(READER, DESK)),
    Transition(Lose, any_but(Loan.LOST), Loan.LOST, by=(DESK,), guards=(reason_given,)),
    Transition(Find, Loan.LOST, Loan.DONE, by=(DESK,)),
)
LENDING = Lifecycle("lending", Loan, ROWS, closed=CLOSED, always=(not_in_future,))

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def at(on: date = TODAY, facts: Any = None, command_id: bytes = b"scan-881") -> At[Any, Any]:
    """Give the moment of a decision at the desk."""
    shelf = Shelf() if facts is None else facts
    return At(NOW, TODAY, on, Actor("u-1", "desk", "b-1"), shelf, None, command_id)
