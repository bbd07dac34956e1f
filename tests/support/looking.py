"""Look at everything that a flow keeps, through the store's own port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from referral_flow import Command, Desk, Refused
from referral_flow.application.parts import moment
from referral_flow.engine import Refusal
from tests.support.province import Province


def everything(here: Province) -> tuple[Any, ...]:
    """Give the streams with their versions, histories, claims, timers and waiting messages."""
    streams = here.store.scan(None, 10_000)
    histories = [here.store.history(row.id) for row in streams]
    return streams, histories, here.store.held([row.id for row in streams]), here.store.check()


@contextmanager
def unchanged(here: Province) -> Iterator[None]:
    """Assert that what happens inside leaves everything as it was."""
    before = everything(here)
    yield
    assert everything(here) == before


def refused(here: Province, desk: Desk, command: Command[Any]) -> tuple[Refusal, ...]:
    """Give every reason for which a command is refused, having seen that it changed nothing.

    What `explain` says of the command beforehand must be the very same.
    """
    with unchanged(here):
        foretold = desk.explain(command).refusals
        with pytest.raises(Refused) as caught:
            desk.execute(command)
    assert caught.value.refusals == foretold
    return caught.value.refusals


def codes(refusals: tuple[Refusal, ...]) -> tuple[str, ...]:
    return tuple(refusal.code for refusal in refusals)


def timers(here: Province, stream: str) -> dict[str, datetime]:
    """Give the timers of a stream by name, with the moment at which each is due."""
    _, found = here.store.held([UUID(stream).bytes])
    return {timer.name: moment(timer.due) for timer in found}


def waiting(here: Province) -> int:
    """Count the messages that wait to be sent."""
    return here.store.check().waiting


def names(desk: Desk, stream: str) -> list[str]:
    """Give the names of the events of a stream, without the process and the version."""
    return [entry.name.partition(".")[2].partition("@")[0] for entry in desk.history(stream)]


def findings(desk: Desk) -> set[str]:
    """Give the codes of what waits for somebody."""
    return {item.finding for item in desk.worklist(limit=1000)}


def the_parts_make_the_whole(here: Province) -> None:
    """Assert it of the two workplaces: on every day, by what is known now and was known then."""
    for known in (None, here.clock.now - timedelta(days=5)):
        for day in (here.today - timedelta(days=n) for n in (0, 1, 2, 4, 9, 30)):
            parts = [_counted(here, each, day, known) for each in ("w-1", "w-2")]
            whole = _counted(here, None, day, known)
            assert all(number >= 0 for part in parts for number in part.values())
            assert {code: sum(part[code] for part in parts) for code in whole} == whole


def _counted(
    here: Province, scope: str | None, on: date, known_as_of: datetime | None
) -> dict[str, int]:
    found = here.operator.figures(scope, on, known_as_of)
    members = {"members": found.members, "eligible": found.eligible}
    return {**found.counts, **found.states["referral"], **members}
