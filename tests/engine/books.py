"""Objects of an embedder's, to be driven: a book that is lent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from referral_flow.engine import Lifecycle
from referral_flow.engine.machine import drive
from referral_flow.errors import LifecycleError, Refused
from tests.engine.lending import (
    LENDING,
    Loan,
)


@dataclass
class Book:
    """An object of the embedder's: equal to any other with the same fields."""

    state: Loan | str | None = Loan.ASKED
    held_from: Loan | None = None
    in_good_standing: bool = True


def driven(lifecycle: Lifecycle = LENDING, **fields: Any) -> Any:
    book: Any = Book(**fields)
    drive(lifecycle, book)
    return book


def refused(command: Callable[[], Any]) -> tuple[str, ...]:
    with pytest.raises(Refused) as caught:
        command()
    return caught.value.codes


def problem(model: Any, lifecycle: Lifecycle = LENDING) -> str:
    with pytest.raises(LifecycleError) as caught:
        drive(lifecycle, model)
    return str(caught.value.data["problem"])


class Torn(Book):
    """A book whose callback raises, after `transitions` has changed the state."""

    def on_enter_lent_out(self, _event: Any) -> None:
        assert self.state is Loan.LENT
        raise OSError("the printer is out of paper")
