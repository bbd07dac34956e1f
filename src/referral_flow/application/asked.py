"""A command as it was asked for, on its way to an answer."""

from __future__ import annotations

from typing import Any

from referral_flow.application.answers import Done
from referral_flow.application.streams import Ran
from referral_flow.application.unit import Unit
from referral_flow.engine.actor import Actor
from referral_flow.engine.command import Command
from referral_flow.engine.record import Entity


class Asked(Entity, gc=False):
    """One command of one actor; settled once it has an answer or an error.

    `named` says that its id was given and not made here: only then can it have been done
    before. `warm` is a unit in which its caller looked beforehand. `unit` is the one in
    which it was committed.
    """

    command: Command[Any]
    actor: Actor
    ran: Ran
    named: bool
    expected: int | None = None
    warm: Unit | None = None
    unit: Unit | None = None
    settled: bool = False
    answer: Done[Any] | None = None
    error: Exception | None = None

    def settle(self, found: Done[Any] | Exception, unit: Unit | None = None) -> None:
        """Settle it with an error, or with what was found in a unit that is committed."""
        if isinstance(found, Done):
            self.answer = found
            self.unit = None if found.repeated else unit
        else:
            self.error = found
        self.settled = True

    def given(self) -> Done[Any]:
        """Give the answer; raises the error that was found instead."""
        if self.answer is None:
            raise self.error or AssertionError
        return self.answer
